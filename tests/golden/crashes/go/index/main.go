// Command index reads beyond the end of a slice, two calls below main.
package main

import "fmt"

type shelf struct {
	items []string
}

func (s *shelf) at(position int) string {
	return s.items[position] // crash
}

func describe(s *shelf, position int) string {
	return "item: " + s.at(position)
}

func main() {
	s := &shelf{items: []string{"tea", "rice"}}
	fmt.Println(describe(s, 1))
	fmt.Println(describe(s, 2))
}
