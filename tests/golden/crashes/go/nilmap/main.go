// Command nilmap writes to a map that was never made.
package main

import "fmt"

type counter struct {
	seen map[string]int
}

func (c counter) count(word string) {
	c.seen[word]++ // crash
}

func main() {
	var c counter
	for _, word := range []string{"one", "two"} {
		c.count(word)
	}
	fmt.Println(c.seen)
}
