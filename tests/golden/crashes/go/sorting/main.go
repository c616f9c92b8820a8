// Command sorting panics in a comparison that the standard library calls.
package main

import (
	"fmt"
	"sort"
)

type entry struct {
	name string
	tags []string
}

func byFirstTag(entries []entry) {
	sort.Slice(entries, func(i, j int) bool {
		return entries[i].tags[0] < entries[j].tags[0] // crash
	})
}

func main() {
	entries := []entry{{"a", []string{"x"}}, {"b", nil}, {"c", []string{"y"}}}
	byFirstTag(entries)
	fmt.Println(entries)
}
