package inspect

import (
	"strconv"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/report"
)

// Constant returns the value in one line of Nix code, paths relative to a folder; ok is false where it is not known to be one number,
// Boolean, string or path, or null. Whether evaluating it may fail does not count. Secrets are not shown.
func (r *Report) Constant(dir string) (text string, ok bool) {
	d := &r.Known.Described
	kinds := d.Kinds &^ eval.Failures
	if kinds == eval.Null {
		return "null", true
	}
	var one *eval.Fact
	for i := range d.Values {
		if d.Values[i].Kind&eval.Failures == 0 {
			if one != nil {
				return "", false
			}
			one = &d.Values[i]
		}
	}
	if one == nil || !d.Sole || kinds != one.Kind {
		return "", false
	}
	switch one.Kind {
	case eval.Int:
		return strconv.FormatInt(one.Int, 10), true
	case eval.Float:
		return strconv.FormatFloat(one.Float, 'g', -1, 64), true
	case eval.Bool:
		return strconv.FormatBool(one.Bool), true
	case eval.String:
		return ast.QuoteString(r.hide(one.Text)), true
	case eval.Path:
		return report.Visible(writer{r, dir}.path(one.Text)), true
	}
	return "", false
}
