//go:build !unix

package growth

import "time"

// processorTime is not known.
func processorTime() (time.Duration, bool) { return 0, false }
