package values

import "github.com/nixsift/nixsift/internal/eval"

// told reports whether call-argument-mismatch or import-unknown-attr tells of a failure.
func told(f eval.Finding) bool {
	switch f.Reason {
	case eval.MissingArg, eval.UnexpectedArg, eval.NotFunction, eval.MissingAttr:
		_, _, ok := f.OfFile()
		return ok
	}
	return false
}
