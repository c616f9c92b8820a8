// Command deadlock waits for a message that nobody sends.
package main

import "fmt"

func receive(answers chan int) int {
	return <-answers // crash
}

func main() {
	answers := make(chan int)
	fmt.Println(receive(answers))
}
