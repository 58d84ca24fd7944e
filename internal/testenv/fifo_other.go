//go:build !unix

package testenv

import "errors"

// MakeFIFO fails: there are no FIFOs in folders.
func MakeFIFO(string) error { return errors.ErrUnsupported }
