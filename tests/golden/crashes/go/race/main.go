// Command race counts from two goroutines without a lock; run it with the race detector.
package main

import (
	"fmt"
	"sync"
)

type tally struct {
	total int
}

func (t *tally) add() {
	t.total++ // crash
}

func main() {
	var t tally
	var group sync.WaitGroup
	for range 2 {
		group.Add(1)
		go func() {
			defer group.Done()
			t.add()
		}()
	}
	group.Wait()
	fmt.Println(t.total)
}
