package stock

import "testing"

func TestLeft(t *testing.T) {
	for _, c := range []struct{ have, take, want int }{{5, 2, 3}, {5, 7, 0}} {
		if got := Left(c.have, c.take); got != c.want {
			t.Errorf("Left(%d, %d) = %d, want %d", c.have, c.take, got, c.want) // failure
		}
	}
}

func TestShare(t *testing.T) {
	t.Run("nobody", func(t *testing.T) {
		if Share(5, 0) != 0 {
			t.Fatal("nobody gets nothing")
		}
	})
}
