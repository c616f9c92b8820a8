// Package stock keeps count of what lies on the shelves of a warehouse:
// how much there is of each article, what is reserved for orders, and what
// has to be bought again.
package stock

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"
)

// Errors that callers may compare with errors.Is.
var (
	ErrUnknownArticle = errors.New("unknown article")
	ErrOutOfStock     = errors.New("out of stock")
	ErrBadQuantity    = errors.New("quantity must be positive")
)

// defaultReorderLevel is used for articles that name no level of their own.
const defaultReorderLevel = 5

// SKU identifies an article; it is stored in upper case.
type SKU string

// ParseSKU trims and normalises a code typed by a person.
func ParseSKU(code string) (SKU, error) {
	code = strings.ToUpper(strings.TrimSpace(code))
	if code == "" {
		return "", fmt.Errorf("parse sku: %w", ErrUnknownArticle)
	}
	return SKU(code), nil
}

// Article is something that can be kept on a shelf.
type Article struct {
	SKU          SKU
	Name         string
	PriceCents   int64
	ReorderLevel int
}

// reorderLevel returns the article's own level or the default one.
func (a Article) reorderLevel() int {
	if a.ReorderLevel > 0 {
		return a.ReorderLevel
	}
	return defaultReorderLevel
}

// Shelf is where one article lies, and how much of it.
type Shelf struct {
	Article  Article
	OnHand   int
	Reserved int
	Updated  time.Time
}

// Available is what may still be promised to a customer.
func (s *Shelf) Available() int {
	return s.OnHand - s.Reserved
}

// NeedsReorder reports whether the shelf is at or below its reorder level.
func (s *Shelf) NeedsReorder() bool {
	return s.Available() <= s.Article.reorderLevel()
}

// Movement is one entry of the log: a delivery, a reservation or a sale.
type Movement struct {
	SKU      SKU
	Quantity int
	Kind     MovementKind
	At       time.Time
}

// MovementKind says what a movement did to the shelf.
type MovementKind int

// The kinds of movement.
const (
	Delivered MovementKind = iota
	Reserved
	Released
	Sold
)

// String names the kind as it appears in reports.
func (k MovementKind) String() string {
	switch k {
	case Delivered:
		return "delivered"
	case Reserved:
		return "reserved"
	case Released:
		return "released"
	case Sold:
		return "sold"
	default:
		return fmt.Sprintf("kind(%d)", int(k))
	}
}

// Clock tells the time; tests put their own in.
type Clock func() time.Time

// Inventory holds all shelves. It is safe for use by several goroutines.
type Inventory struct {
	mu      sync.RWMutex
	shelves map[SKU]*Shelf
	log     []Movement
	now     Clock
}

// NewInventory returns an empty inventory that reads the time from now.
func NewInventory(now Clock) *Inventory {
	if now == nil {
		now = time.Now
	}
	return &Inventory{
		shelves: make(map[SKU]*Shelf),
		now:     now,
	}
}

// Add puts a new article on a shelf of its own, without any stock.
func (inv *Inventory) Add(article Article) error {
	sku, err := ParseSKU(string(article.SKU))
	if err != nil {
		return err
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if _, exists := inv.shelves[sku]; exists {
		return fmt.Errorf("add %s: article exists", sku)
	}
	article.SKU = sku
	inv.shelves[sku] = &Shelf{Article: article, Updated: inv.now()}
	return nil
}

// Deliver books incoming goods.
func (inv *Inventory) Deliver(sku SKU, quantity int) error {
	if quantity <= 0 {
		return fmt.Errorf("deliver %s: %w", sku, ErrBadQuantity)
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	shelf, err := inv.shelf(sku)
	if err != nil {
		return fmt.Errorf("deliver %s: %w", sku, err)
	}
	shelf.OnHand += quantity
	inv.record(shelf, quantity, Delivered)
	return nil
}

// Reserve promises goods to an order; they stay on the shelf until Sell.
func (inv *Inventory) Reserve(sku SKU, quantity int) error {
	if quantity <= 0 {
		return fmt.Errorf("reserve %s: %w", sku, ErrBadQuantity)
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	shelf, err := inv.shelf(sku)
	if err != nil {
		return fmt.Errorf("reserve %s: %w", sku, err)
	}
	if shelf.Available() < quantity {
		return fmt.Errorf("reserve %d of %s: %w", quantity, sku, ErrOutOfStock)
	}
	shelf.Reserved += quantity
	inv.record(shelf, quantity, Reserved)
	return nil
}

// Release gives reserved goods back to everyone.
func (inv *Inventory) Release(sku SKU, quantity int) error {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	shelf, err := inv.shelf(sku)
	if err != nil {
		return fmt.Errorf("release %s: %w", sku, err)
	}
	if quantity <= 0 || quantity > shelf.Reserved {
		return fmt.Errorf("release %s: %w", sku, ErrBadQuantity)
	}
	shelf.Reserved -= quantity
	inv.record(shelf, quantity, Released)
	return nil
}

// Sell takes reserved goods from the shelf.
func (inv *Inventory) Sell(sku SKU, quantity int) error {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	shelf, err := inv.shelf(sku)
	if err != nil {
		return fmt.Errorf("sell %s: %w", sku, err)
	}
	if quantity <= 0 || quantity > shelf.Reserved {
		return fmt.Errorf("sell %s: %w", sku, ErrBadQuantity)
	}
	shelf.Reserved -= quantity
	shelf.OnHand -= quantity
	inv.record(shelf, quantity, Sold)
	return nil
}

// Reorders lists the shelves that need new goods, the emptiest first.
func (inv *Inventory) Reorders() []Shelf {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	var reorders []Shelf
	for _, shelf := range inv.shelves {
		if shelf.NeedsReorder() {
			reorders = append(reorders, *shelf)
		}
	}
	sort.Slice(reorders, func(i, j int) bool {
		left, right := reorders[i], reorders[j]
		if left.Available() != right.Available() {
			return left.Available() < right.Available()
		}
		return left.Article.SKU < right.Article.SKU
	})
	return reorders
}

// Value is what all goods on the shelves are worth, in cents.
func (inv *Inventory) Value() int64 {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	var total int64
	for _, shelf := range inv.shelves {
		total += int64(shelf.OnHand) * shelf.Article.PriceCents
	}
	return total
}

// History returns the movements of one article, oldest first.
func (inv *Inventory) History(sku SKU) []Movement {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	var history []Movement
	for _, movement := range inv.log {
		if movement.SKU == sku {
			history = append(history, movement)
		}
	}
	return history
}

// WriteReport prints one line for each shelf, sorted by name.
func (inv *Inventory) WriteReport(w io.Writer) error {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	shelves := make([]*Shelf, 0, len(inv.shelves))
	for _, shelf := range inv.shelves {
		shelves = append(shelves, shelf)
	}
	sort.Slice(shelves, func(i, j int) bool {
		return shelves[i].Article.Name < shelves[j].Article.Name
	})
	for _, shelf := range shelves {
		_, err := fmt.Fprintf(w, "%-12s %-20s %4d on hand, %4d available\n",
			shelf.Article.SKU, shelf.Article.Name, shelf.OnHand, shelf.Available())
		if err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// shelf finds the shelf of an article; the caller holds the lock.
func (inv *Inventory) shelf(sku SKU) (*Shelf, error) {
	shelf, exists := inv.shelves[sku]
	if !exists {
		return nil, ErrUnknownArticle
	}
	return shelf, nil
}

// record appends to the log; the caller holds the lock.
func (inv *Inventory) record(shelf *Shelf, quantity int, kind MovementKind) {
	shelf.Updated = inv.now()
	inv.log = append(inv.log, Movement{
		SKU:      shelf.Article.SKU,
		Quantity: quantity,
		Kind:     kind,
		At:       shelf.Updated,
	})
}
