package ruletest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/rules"
)

// Fixed returns an expression after the fixes of a level of all rules of a family.
func Fixed(t testing.TB, family, expr string, level fix.Level) string {
	t.Helper()
	return fixedBy(t, ofFamily(family), expr, level)
}

func ofFamily(family string) (ids []string) {
	for _, r := range rules.All() {
		if r.Family == family {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// fixedBy returns an expression after the fixes of a level of some rules.
func fixedBy(t testing.TB, only []string, expr string, level fix.Level) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "default.nix")
	fsys := workspace.NewOverlay(workspace.OS)
	fsys.Set(path, []byte(expr))
	out, err := engine.Fix(context.Background(), engine.Options{FS: fsys, Paths: []string{path}, Only: only}, level)
	require.NoError(t, err)
	require.Empty(t, out.Broken, expr)
	if text, ok := out.Texts[path]; ok {
		return text
	}
	return expr
}

// Eval returns what a nix-instantiate prints for the value of an expression, evaluated to the bottom. The
// error holds what Nix says of a failure.
func Eval(nix, expr string) (value string, err error) {
	cmd := exec.Command(nix, "--eval", "--strict", "--expr", expr)
	cmd.Env = append(os.Environ(), "NIX_PATH=", "NIX_STATE_DIR="+os.TempDir(), "NIX_REMOTE=dummy://")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = errors.New(string(exit.Stderr))
	}
	return strings.TrimSpace(string(out)), err
}

// Kept requires that the safe fixes of a family change each expression, and that all of them keep their
// outcome: the value, or that there is none.
func Kept(t *testing.T, nix, family string, exprs []string) {
	t.Helper()
	keptBy(t, nix, ofFamily(family), exprs)
}

func keptBy(t *testing.T, nix string, only, exprs []string) {
	t.Helper()
	after := make([]string, len(exprs))
	for i, e := range exprs {
		after[i] = fixedBy(t, only, e, fix.OnlySafe)
		assert.NotEqual(t, e, after[i], "no safe fix")
	}
	SameOutcome(t, nix, exprs, after)
}

// Untouched requires that no safe fix of a family changes one of the expressions.
func Untouched(t *testing.T, family string, exprs []string) {
	t.Helper()
	for _, e := range exprs {
		assert.Equal(t, e, Fixed(t, family, e, fix.OnlySafe))
	}
}

// SameOutcome requires that expressions have the same value before and after a change, or fail both times. It
// evaluates them all at once, and halves of them where one fails or differs.
func SameOutcome(t *testing.T, nix string, before, after []string) {
	t.Helper()
	want, errBefore := Eval(nix, asList(before))
	got, errAfter := Eval(nix, asList(after))
	if errBefore == nil && errAfter == nil && want == got {
		return
	}
	if len(before) > 1 {
		half := len(before) / 2
		SameOutcome(t, nix, before[:half], after[:half])
		SameOutcome(t, nix, before[half:], after[half:])
		return
	}
	if (errBefore == nil) != (errAfter == nil) || errBefore == nil && want != got {
		t.Errorf("%s\nbecame\n%s\nand its outcome\n%s %v\nbecame\n%s %v", before[0], after[0], want, errBefore, got, errAfter)
	}
}

// asList writes expressions as the elements of a list, each on lines of its own for the comments in it.
func asList(exprs []string) string {
	return "[ (" + strings.Join(exprs, "\n)\n(") + "\n) ]"
}
