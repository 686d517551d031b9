//go:build !unix

package measure

import "time"

// peakMemory is 0: the system does not tell.
func peakMemory() int64 { return 0 }

func processorTime() time.Duration { return 0 }
