// Package stock has a function that is wrong, and one that panics, for its tests to find.
package stock

// Left gives what is left after taking some away.
func Left(have, take int) int {
	if take > have {
		return have
	}
	return have - take
}

// Share gives each of n people the same.
func Share(have, n int) int {
	return have / n // crash
}
