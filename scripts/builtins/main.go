// Command builtins writes the table of Nix's builtins, internal/sema/builtins_table.go: it asks the
// nix-instantiate programs that it is given, of any versions, and adds the facts of facts.go. What the two
// say must agree. Run it from the repository's root, with the oldest and the newest Nix at hand:
//
//	go run ./scripts/builtins nix-instantiate DIR/bin/nix-instantiate …
//
// With -check it needs no Nix: it holds the committed table against the facts and against its own output.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/sema"
)

const tablePath = "internal/sema/builtins_table.go"

func main() {
	check := flag.Bool("check", false, "hold the committed table against the facts; run no Nix")
	out := flag.String("o", tablePath, "the file to write, or to check")
	flag.Parse()
	var err error
	switch {
	case *check:
		err = checkTable(*out)
	case flag.NArg() < 2:
		err = errors.New("name at least two nix-instantiate programs, of an old and a new version")
	default:
		err = write(*out, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "builtins:", err)
		os.Exit(1)
	}
}

// checkTable compares the table that is linked in, which is the committed one, with the facts and the file.
func checkTable(path string) error {
	table := sema.Builtins()
	if !slices.IsSortedFunc(table, func(a, b sema.Builtin) int { return cmp.Or(strings.Compare(a.Name, b.Name), 1) }) {
		return fmt.Errorf("%s: the names are not sorted, or one stands twice", path)
	}
	for _, f := range facts {
		b := sema.LookupBuiltin(f.name)
		if b == nil || b.Since != f.since || b.Until != f.until || b.Feature != f.feature || b.Only != f.only || f.args != 0 && b.Args != f.args {
			return fmt.Errorf("%s: %s is not as facts.go has it; write the table again", path, f.name)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(text, render(table)) {
		return fmt.Errorf("%s is not what this program writes; write it again", path)
	}
	return nil
}

func write(path string, programs []string) error {
	var seen []observation
	for _, p := range programs {
		o, err := observe(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		seen = append(seen, o)
	}
	slices.SortFunc(seen, func(a, b observation) int { return compareVersions(a.version, b.version) })
	table, err := merge(seen)
	if err != nil {
		return err
	}
	return os.WriteFile(path, render(table), 0o644)
}

// observation is what one program has.
type observation struct {
	version sema.NixVersion
	plain   map[string]bool     // by name: there without any feature
	all     map[string]measured // with the features of facts.go
}

// measured is what evaluation tells about one builtin.
type measured struct {
	Global bool  `json:"global"`
	Args   uint8 `json:"args"`
}

// expression asks for all builtins at once. A with never hides a global, so a name that still means the
// marker is none. The arguments of a function are counted by giving it more until it is no function.
const expression = `names: let
  stop = throw "stop";
  isFun = f: let r = builtins.tryEval (builtins.isFunction f); in r.success && r.value;
  count = n: f: if n < 9 && isFun f then count (n + 1) (f stop) else n;
in builtins.listToAttrs (map (n: { name = n.name; value = {
  global = !(builtins.isString n.plain && n.plain == "marker");
  args = if builtins.elem n.name [ "derivation" "abort" ] then 1 else count 0 builtins.${n.name};
}; }) names)`

var versionOf = regexp.MustCompile(`\) (\d+)\.(\d+)`)

func observe(program string) (observation, error) {
	o := observation{plain: map[string]bool{}}
	text, err := exec.Command(program, "--version").Output()
	if err != nil {
		return o, err
	}
	m := versionOf.FindSubmatch(text)
	if m == nil {
		return o, fmt.Errorf("unknown version %q", text)
	}
	major, err1 := strconv.ParseUint(string(m[1]), 10, 8)
	minor, err2 := strconv.ParseUint(string(m[2]), 10, 8)
	if err := errors.Join(err1, err2); err != nil {
		return o, err
	}
	o.version = v(uint8(major), uint8(minor))
	var names []string
	if err := eval(program, &names, "builtins.attrNames builtins"); err != nil {
		return o, err
	}
	for _, n := range names {
		o.plain[n] = true
	}
	features := featureOptions()
	if err := eval(program, &names, "builtins.attrNames builtins", features...); err != nil {
		return o, err
	}
	var markers, entries strings.Builder
	for _, n := range names {
		fmt.Fprintf(&markers, "%s = \"marker\"; ", n)
		fmt.Fprintf(&entries, "{ name = %q; plain = %s; } ", n, n)
	}
	question := fmt.Sprintf("(%s) (with { %s}; [ %s])", expression, markers.String(), entries.String())
	return o, eval(program, &o.all, question, features...)
}

// featureOptions turns on everything that facts.go knows some builtin to need.
func featureOptions() []string {
	options := []string{"--option", nativeCode, "true"}
	var features []string
	for _, f := range facts {
		if f.feature != "" && f.feature != nativeCode && f.only == "" {
			features = append(features, f.feature)
		}
	}
	return append(options, "--option", "extra-experimental-features", strings.Join(features, " "))
}

func eval(program string, result any, expr string, options ...string) error {
	cmd := exec.Command(program, append([]string{"--eval", "--strict", "--json", "-E", expr}, options...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, stderr.String())
	}
	return json.Unmarshal(out, result)
}

func compareVersions(a, b sema.NixVersion) int {
	return cmp.Or(cmp.Compare(a.Major, b.Major), cmp.Compare(a.Minor, b.Minor))
}
