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
			defer group.Done()
			fmt.Println(ship(o))
		}()
	}
	go time.Sleep(time.Hour)
	group.Wait()
}
