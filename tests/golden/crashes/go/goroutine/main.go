// Command goroutine follows a nil pointer in a goroutine, while others wait.
package main

import (
	"fmt"
	"sync"
	"time"
)

type order struct {
	customer *customer
}

type customer struct {
	name string
}

func ship(o order) string {
	return "to " + o.customer.name // crash
}

func main() {
	var group sync.WaitGroup
	orders := []order{{customer: &customer{name: "Ada"}}, {}}
	for _, o := range orders {
		group.Add(1)
		go func() {
			fmt.Println(ship(o))
			group.Done() // a deferred one would run in a panic, and main could end before it is told
		}()
	}
	go time.Sleep(time.Hour)
	group.Wait()
}
