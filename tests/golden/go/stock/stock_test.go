package stock

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func fixedClock() time.Time {
	return time.Date(2024, time.March, 1, 9, 30, 0, 0, time.UTC)
}

func filled(t *testing.T) *Inventory {
	t.Helper()
	inv := NewInventory(fixedClock)
	articles := []Article{
		{SKU: "bolt-m4", Name: "Bolt M4", PriceCents: 12, ReorderLevel: 100},
		{SKU: "nut-m4", Name: "Nut M4", PriceCents: 7},
	}
	for _, article := range articles {
		if err := inv.Add(article); err != nil {
			t.Fatalf("Add(%v): %v", article, err)
		}
	}
	return inv
}

func TestParseSKU(t *testing.T) {
	tests := []struct {
		name string
		code string
		want SKU
		err  error
	}{
		{"upper", "BOLT-M4", "BOLT-M4", nil},
		{"lower and blanks", "  bolt-m4 ", "BOLT-M4", nil},
		{"empty", "   ", "", ErrUnknownArticle},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseSKU(tt.code)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("ParseSKU(%q) = %q, %v; want %q, %v", tt.code, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestReserve(t *testing.T) {
	tests := []struct {
		name     string
		quantity int
		want     error
	}{
		{"some", 30, nil},
		{"all", 40, nil},
		{"too many", 41, ErrOutOfStock},
		{"nothing", 0, ErrBadQuantity},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inv := filled(t)
			if err := inv.Deliver("BOLT-M4", 40); err != nil {
				t.Fatal(err)
			}
			if err := inv.Reserve("BOLT-M4", tt.quantity); !errors.Is(err, tt.want) {
				t.Errorf("Reserve(%d) = %v, want %v", tt.quantity, err, tt.want)
			}
		})
	}
}

func TestSellTakesReservedGoods(t *testing.T) {
	inv := filled(t)
	for _, err := range []error{
		inv.Deliver("NUT-M4", 20),
		inv.Reserve("NUT-M4", 8),
		inv.Release("NUT-M4", 2),
		inv.Sell("NUT-M4", 6),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := inv.Value(), int64(14*7); got != want {
		t.Errorf("Value() = %d, want %d", got, want)
	}
	if got := len(inv.History("NUT-M4")); got != 4 {
		t.Errorf("History has %d movements, want 4", got)
	}
}

func TestReordersStartWithTheEmptiest(t *testing.T) {
	inv := filled(t)
	if err := inv.Deliver("BOLT-M4", 100); err != nil {
		t.Fatal(err)
	}
	reorders := inv.Reorders()
	if len(reorders) != 2 || reorders[0].Article.SKU != "NUT-M4" {
		t.Errorf("Reorders() = %v", reorders)
	}
}

func TestWriteReport(t *testing.T) {
	inv := filled(t)
	var report strings.Builder
	if err := inv.WriteReport(&report); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(report.String(), "\n"); lines != 2 {
		t.Errorf("report has %d lines, want 2:\n%s", lines, report.String())
	}
}
