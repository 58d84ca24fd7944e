// Command libtable writes the table of nixpkgs' lib, internal/libtable/table.go. It evaluates a copy of lib
// with a current Nix for the names and their arguments, and adds the deprecations of facts.go, which must
// agree with what that lib has and warns about. Run it from the repository's root:
//
//	go run ./scripts/libtable -nix nix-instantiate NIXPKGS/lib
//
// With -check it needs neither: it holds the committed table against the facts and its own output.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/libtable"
)

const tablePath = "internal/libtable/table.go"

func main() {
	check := flag.Bool("check", false, "hold the committed table against the facts; evaluate nothing")
	nix := flag.String("nix", "nix-instantiate", "the nix-instantiate to evaluate lib with")
	out := flag.String("o", tablePath, "the file to write, or to check")
	flag.Parse()
	var err error
	switch {
	case *check:
		err = checkTable(*out)
	case flag.NArg() != 1:
		err = errors.New("name the folder of nixpkgs' lib")
	default:
		err = write(*out, *nix, flag.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "libtable:", err)
		os.Exit(1)
	}
}

func checkTable(path string) error {
	if !slices.Equal(libtable.Deprecations(), sortedFacts()) {
		return fmt.Errorf("%s is not as facts.go has it; write the table again", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(text, render(libtable.Names(), libtable.Parts(), libtable.Data(), sortedFacts())) {
		return fmt.Errorf("%s is not what this program writes; write it again", path)
	}
	return nil
}

func write(path, nix, lib string) error {
	names, err := measure(nix, lib)
	if err != nil {
		return err
	}
	functions, err := measureParts(nix, lib, parts)
	if err != nil {
		return err
	}
	data, err := measureParts(nix, lib, dataParts)
	if err == nil {
		err = verify(nix, lib)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(path, render(names, functions, data, sortedFacts()), 0o644)
}

func sortedFacts() []libtable.Deprecation {
	sorted := slices.Clone(facts)
	slices.SortFunc(sorted, func(a, b libtable.Deprecation) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Set, b.Set))
	})
	return sorted
}

// question counts the arguments of each function by giving it more until it is no function. The lists of
// people are files that a copy of lib may lack.
const question = `let
  lib = removeAttrs (import %s) [ "maintainers" "teams" ];
  stop = throw "stop";
  isFun = f: let r = builtins.tryEval (builtins.isFunction f); in r.success && r.value;
  count = n: f: if n < 9 && isFun f then count (n + 1) (f stop) else n;
in builtins.mapAttrs (_: count 0) lib // { maintainers = 0; teams = 0; }`

func measure(nix, lib string) ([]libtable.Name, error) {
	path, err := filepath.Abs(lib)
	if err != nil {
		return nil, err
	}
	out, _, err := eval(nix, fmt.Sprintf(question, path))
	if err != nil {
		return nil, err
	}
	var args map[string]uint8
	if err := json.Unmarshal(out, &args); err != nil {
		return nil, err
	}
	var names []libtable.Name
	for name, n := range args {
		if fixed, ok := arity[name]; ok {
			n = fixed
		}
		names = append(names, libtable.Name{Name: name, Args: n})
	}
	slices.SortFunc(names, func(a, b libtable.Name) int { return strings.Compare(a.Name, b.Name) })
	return names, nil
}

// measureParts lists the names in parts of lib.
func measureParts(nix, lib string, parts []string) ([]libtable.Part, error) {
	path, err := filepath.Abs(lib)
	if err != nil {
		return nil, err
	}
	parts = slices.Sorted(slices.Values(parts))
	names := strings.Join(parts, `" "`)
	out, _, err := eval(nix, fmt.Sprintf(`let
  lib = import %s;
  names = p: builtins.attrNames (lib.attrByPath (lib.splitString "." p) null lib);
in map (p: { Name = p; Names = names p; }) [ "%s" ]`, path, names))
	if err != nil {
		return nil, err
	}
	var found []libtable.Part
	return found, json.Unmarshal(out, &found)
}

// verify holds the facts against a lib that is newer than all of them.
func verify(nix, lib string) error {
	abs, err := filepath.Abs(lib)
	if err != nil {
		return err
	}
	var problems []error
	for _, f := range facts {
		var paths []string
		if f.Set != "" {
			paths = append(paths, f.Set+"."+f.Name)
		}
		if !f.OnlySet {
			paths = append(paths, f.Name)
		}
		for _, p := range paths {
			there, warns, err := ask(nix, abs, p)
			switch {
			case err != nil:
				problems = append(problems, fmt.Errorf("lib.%s: %w", p, err))
			case there != f.Gone.IsZero():
				problems = append(problems, fmt.Errorf("lib.%s: facts.go says gone = %t, lib has it = %t", p, !f.Gone.IsZero(), there))
			case there && warns == f.Silent:
				problems = append(problems, fmt.Errorf("lib.%s: facts.go says silent = %t, lib warns = %t", p, f.Silent, warns))
			}
		}
		if f.Use != "" {
			if there, warns, err := ask(nix, abs, f.Use); err != nil || !there || warns {
				problems = append(problems, fmt.Errorf("lib.%s, which should replace lib.%s: there = %t, warns = %t, %w", f.Use, f.Name, there, warns, err))
			}
		}
	}
	return errors.Join(problems...)
}

// ask tells whether lib has a path and whether it warns on the way to its value.
func ask(nix, lib, path string) (there, warns bool, err error) {
	out, stderr, err := eval(nix, fmt.Sprintf("let lib = import %s; in lib ? %s && builtins.seq lib.%s true", lib, path, path))
	return strings.TrimSpace(string(out)) == "true", strings.Contains(stderr, "warning: "), err
}

func eval(nix, expr string) (out []byte, stderr string, err error) {
	cmd := exec.Command(nix, "--eval", "--strict", "--json", "-E", expr)
	var warnings bytes.Buffer
	cmd.Stderr = &warnings
	out, err = cmd.Output()
	if err != nil {
		return nil, "", fmt.Errorf("%w: %s", err, warnings.String())
	}
	return out, warnings.String(), nil
}

// render returns the Go file of a table.
func render(names []libtable.Name, parts, data []libtable.Part, deprecations []libtable.Deprecation) []byte {
	var b bytes.Buffer
	b.WriteString("// Code generated by scripts/libtable. DO NOT EDIT.\n\npackage libtable\n\n")
	b.WriteString("var names = [...]Name{\n")
	for i, n := range names {
		fmt.Fprintf(&b, "{%q, %d},", n.Name, n.Args)
		if i%5 == 4 || i == len(names)-1 {
			b.WriteString("\n")
		}
	}
	b.WriteString("}\n\n")
	renderParts(&b, "parts", parts)
	renderParts(&b, "data", data)
	b.WriteString("var deprecations = [...]Deprecation{\n")
	for _, d := range deprecations {
		fmt.Fprintf(&b, "{Name: %q", d.Name)
		field(&b, "Set", d.Set)
		flagField(&b, "OnlySet", d.OnlySet)
		field(&b, "Use", d.Use)
		release(&b, "UseSince", d.UseSince)
		flagField(&b, "Same", d.Same)
		flagField(&b, "Identity", d.Identity)
		field(&b, "Advice", d.Advice)
		release(&b, "Since", d.Since)
		release(&b, "Gone", d.Gone)
		flagField(&b, "Silent", d.Silent)
		b.WriteString("},\n")
	}
	b.WriteString("}\n\n// IsDeprecatedName reports whether some part of lib has a deprecated name: a quick test before a path is\n")
	b.WriteString("// looked at.\nfunc IsDeprecatedName(name string) bool {\n\tswitch name {\n\tcase ")
	last := ""
	for i, d := range deprecations {
		if d.Name == last {
			continue
		}
		last = d.Name
		if i > 0 {
			b.WriteString(",\n\t\t")
		}
		fmt.Fprintf(&b, "%q", d.Name)
	}
	b.WriteString(":\n\t\treturn true\n\t}\n\treturn false\n}\n")
	out, err := format.Source(b.Bytes())
	if err != nil {
		panic(fmt.Sprintf("the table is no Go code: %v", err))
	}
	return out
}

func renderParts(b *bytes.Buffer, variable string, parts []libtable.Part) {
	fmt.Fprintf(b, "var %s = [...]Part{\n", variable)
	for _, p := range parts {
		fmt.Fprintf(b, "{%q, []string{\n", p.Name)
		for i, name := range p.Names {
			fmt.Fprintf(b, "%q,", name)
			if i%6 == 5 || i == len(p.Names)-1 {
				b.WriteString("\n")
			}
		}
		b.WriteString("}},\n")
	}
	b.WriteString("}\n\n")
}

func field(b *bytes.Buffer, name, value string) {
	if value != "" {
		fmt.Fprintf(b, ", %s: %q", name, value)
	}
}

func flagField(b *bytes.Buffer, name string, value bool) {
	if value {
		fmt.Fprintf(b, ", %s: true", name)
	}
}

func release(b *bytes.Buffer, name string, r libtable.Release) {
	if !r.IsZero() {
		fmt.Fprintf(b, ", %s: Release{%d, %d}", name, r.Year, r.Month)
	}
}
