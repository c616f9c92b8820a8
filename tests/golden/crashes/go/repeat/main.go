// Command repeat passes a negative number to the standard library, which panics.
package main

import (
	"fmt"
	"strings"
)

func indent(text string, depth int) string {
	return strings.Repeat("  ", depth) + text // crash
}

func main() {
	for depth := 1; depth >= -1; depth-- {
		fmt.Println(indent("here", depth))
	}
}
