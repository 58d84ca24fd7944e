// Command gendocs writes the documentation that is made from the rules: a page for each, from its metadata
// and its fixture, the pages that list them, and the JSON Schema of nixsift.toml. With -check it writes nothing and fails where a file on
// disk differs.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fixture"
	"github.com/nixsift/nixsift/rules"
	_ "github.com/nixsift/nixsift/rules/all"
)

func main() {
	check := flag.Bool("check", false, "fail where a generated file differs from the one on disk")
	root := flag.String("root", ".", "the repository")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	pages, err := Pages(root)
	if err != nil {
		return err
	}
	var stale []string
	for name, text := range pages {
		path := filepath.Join(root, name)
		old, err := os.ReadFile(path)
		if err == nil && string(old) == text {
			continue
		}
		if check {
			stale = append(stale, name)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	orphans, err := filepath.Glob(filepath.Join(root, "docs/rules/*.md"))
	if err != nil {
		return err
	}
	for _, path := range orphans {
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if _, ok := pages[filepath.ToSlash(name)]; ok {
			continue
		}
		if check {
			stale = append(stale, name)
		} else if err := os.Remove(path); err != nil {
			return err
		}
	}
	if len(stale) > 0 {
		slices.Sort(stale)
		return fmt.Errorf("not up to date: %s; run `go run ./cmd/gendocs`", strings.Join(stale, ", "))
	}
	return nil
}

// Pages returns the generated files by their path in the repository.
func Pages(root string) (map[string]string, error) {
	pages := map[string]string{}
	for _, r := range rules.All() {
		page, err := rulePage(root, r)
		if err != nil {
			return nil, err
		}
		pages["docs/rules/"+r.ID+".md"] = page
	}
	pages["docs/rules/README.md"] = indexPage()
	pages["docs/peers.md"] = peersPage()
	schema, err := engine.Catalogue().Schema()
	if err != nil {
		return nil, err
	}
	pages["docs/schema/nixsift.schema.json"] = string(schema)
	return pages, nil
}

const generated = "<!-- Generated from the rule and its fixture by `go run ./cmd/gendocs`. -->\n\n"

func rulePage(root string, r *rules.Rule) (string, error) {
	var b strings.Builder
	b.WriteString(generated)
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n", r.ID, r.Summary)
	fmt.Fprintf(&b, "| family | severity | presets | fix | since |\n|---|---|---|---|---|\n| %s | %s | %s | %s | %s |\n\n",
		r.Family, r.Severity, strings.Join(presets(r), ", "), r.Fix, r.Since)
	fmt.Fprintf(&b, "## Why\n\n%s\n", r.Doc)
	if err := examples(&b, root, r); err != nil {
		return "", err
	}
	if r.Stage == rules.Preview {
		b.WriteString("\nThe rule is in preview: only its name or `preview = true` turns it on, and what it finds may still change.\n")
	}
	if r.Edition != "" {
		fmt.Fprintf(&b, "\nPresets have the rule from edition %s on.\n", r.Edition)
	}
	if len(r.Formerly) > 0 {
		fmt.Fprintf(&b, "\nIt was called `%s` earlier, which goes on to work.\n", strings.Join(r.Formerly, "`, `"))
	}
	if r.Fix != rules.FixNever {
		fmt.Fprintf(&b, "\n## Fix\n\n%s\n", r.SafeFix)
	}
	if r.Mandatory {
		b.WriteString("\nThe severity of this rule cannot be changed, and comments do not silence it; `exclude` leaves files out.\n")
	}
	if len(r.Options) > 0 {
		b.WriteString("\n## Options\n\n| option | default | meaning |\n|---|---|---|\n")
		for _, o := range r.Options {
			fmt.Fprintf(&b, "| `%s` | `%v` | %s |\n", o.Name, o.Default, o.Doc)
		}
	}
	title := "\n## In other tools\n\n"
	for _, a := range r.Aliases {
		if tool, name, ok := strings.Cut(a, ":"); ok {
			fmt.Fprintf(&b, "%s- %s: `%s`\n", title, tool, name)
			title = ""
		}
	}
	return b.String(), nil
}

func presets(r *rules.Rule) []string {
	var names []string
	for _, p := range rules.PresetNames() {
		if r.InPreset(p) {
			names = append(names, p)
		}
	}
	return names
}

// examples writes the files of the fixture whose names start with bad and good.
func examples(b *strings.Builder, root string, r *rules.Rule) error {
	if r.Engine {
		return nil
	}
	matches, err := filepath.Glob(filepath.Join(root, "rules", "*", "testdata", r.ID+".txtar"))
	if err != nil || len(matches) != 1 {
		return fmt.Errorf("rule %s has %d fixtures", r.ID, len(matches))
	}
	data, err := os.ReadFile(matches[0])
	if err != nil {
		return err
	}
	f, err := fixture.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", matches[0], err)
	}
	for _, part := range []struct{ prefix, title string }{{"bad", "Avoid"}, {"good", "Prefer"}} {
		title := "\n## " + part.title + "\n"
		for _, file := range f.Files {
			if !strings.HasPrefix(file.Name, part.prefix) || len(file.Text) > 4000 {
				continue
			}
			b.WriteString(title)
			title = ""
			if strings.Contains(file.Name, "/") {
				fmt.Fprintf(b, "\n`%s`:\n", file.Name)
			}
			text := strings.ToValidUTF8(strings.ReplaceAll(file.Text, "\x00", "␀"), "�")
			fmt.Fprintf(b, "\n```%s\n%s\n```\n", strings.TrimPrefix(filepath.Ext(file.Name), "."), strings.TrimRight(text, "\n"))
		}
	}
	return nil
}

func indexPage() string {
	var b strings.Builder
	b.WriteString(generated + "# The rules\n\nOn by default are those with a severity in the column \"default\".\n")
	families := map[string][]*rules.Rule{}
	for _, r := range rules.All() {
		families[r.Family] = append(families[r.Family], r)
	}
	names := make([]string, 0, len(families))
	for f := range families {
		names = append(names, f)
	}
	slices.Sort(names)
	for _, f := range names {
		fmt.Fprintf(&b, "\n## %s\n\n| rule | default | fix | what it finds |\n|---|---|---|---|\n", f)
		for _, r := range families[f] {
			on := "off"
			if r.Stage == rules.Preview {
				on = r.Stage.String()
			} else if r.InPreset("recommended") {
				on = r.Severity.String()
			}
			fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", r.ID, r.ID, on, r.Fix, strings.ReplaceAll(r.Summary, "|", `\|`))
		}
	}
	return b.String()
}

// peersPage maps the rules of other tools to ours.
func peersPage() string {
	type entry struct{ name, id string }
	tools := map[string][]entry{}
	for _, r := range rules.All() {
		for _, a := range r.Aliases {
			if tool, name, ok := strings.Cut(a, ":"); ok {
				tools[tool] = append(tools[tool], entry{name, r.ID})
			}
		}
	}
	names := make([]string, 0, len(tools))
	for t := range tools {
		names = append(names, t)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString(generated + "# Rules of other tools\n\nWhat finds the same in nixsift. `nixsift explain NAME` understands these names.\n")
	for _, t := range names {
		fmt.Fprintf(&b, "\n## %s\n\n", t)
		if note := notes[t]; note != "" {
			b.WriteString(note + "\n")
		}
		fmt.Fprintf(&b, "| %s | nixsift |\n|---|---|\n", t)
		slices.SortFunc(tools[t], func(a, b entry) int { return strings.Compare(a.name+" "+a.id, b.name+" "+b.id) })
		for _, e := range tools[t] {
			fmt.Fprintf(&b, "| `%s` | [%s](rules/%s.md) |\n", e.name, e.id, e.id)
		}
	}
	return b.String()
}
