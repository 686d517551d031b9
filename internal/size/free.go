package size

// Free is about how many bytes of Memory nobody uses now, this process included:
// what the system would give without swapping, and what the process's control
// group has left. Where the system does not tell it is Memory.
func Free() int64 {
	least := Memory()
	for _, n := range free() {
		if n >= 0 && n < least {
			least = n
		}
	}
	return least
}
