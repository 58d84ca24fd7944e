package scaffold

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// PreCommitFile is where pre-commit looks for its configuration, at the root of a repository.
const PreCommitFile = ".pre-commit-config.yaml"

// repository is where pre-commit gets nixsift from.
const repository = "https://github.com/nixsift/nixsift"

// preCommitEntry returns the entry for nixsift in the list of repositories, its lines indented by the dash's column.
func preCommitEntry(indent string) string {
	lines := []string{"- repo: " + repository, "  rev: " + Release(), "  hooks:", "    - id: nixsift"}
	return indent + strings.Join(lines, "\n"+indent) + "\n"
}

// ErrThere is the error of a configuration that has nixsift already.
var ErrThere = errors.New("nixsift is in it already")

// PreCommit returns the configuration of pre-commit with an entry for nixsift at the end of its repositories. All that is there is
// kept, comments too; the empty text is no file. The error is ErrThere, or says what to add by hand.
func PreCommit(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return text + "repos:\n" + preCommitEntry("  "), nil
	}
	byHand := func(why string) error {
		return fmt.Errorf("%s: add this to its `repos` by hand:\n%s", why, preCommitEntry("  "))
	}
	var before map[string]any
	if err := yaml.Unmarshal([]byte(text), &before); err != nil {
		return "", fmt.Errorf("it is not read: %s", yaml.FormatError(err, false, false))
	}
	if hasNixsift(before) {
		return "", ErrThere
	}
	at, indent, ok := endOfRepos(text)
	if !ok {
		return "", byHand("its `repos` is no list with an entry on each line")
	}
	head := text[:at]
	if !strings.HasSuffix(head, "\n") {
		head += "\n"
	}
	ending := ""
	if strings.HasSuffix(head, "\r\n") {
		ending = "\r"
	}
	out := head + strings.ReplaceAll(preCommitEntry(indent), "\n", ending+"\n") + text[at:]
	var after map[string]any
	if err := yaml.Unmarshal([]byte(out), &after); err != nil || !onlyAdds(before, after) {
		return "", byHand("an entry cannot be added to it without changing what it says")
	}
	return out, nil
}

// hasNixsift reports whether a repository or hook of a configuration is nixsift's.
func hasNixsift(c map[string]any) bool {
	repos, _ := c["repos"].([]any)
	for _, r := range repos {
		r, _ := r.(map[string]any)
		hooks, _ := r["hooks"].([]any)
		for _, h := range hooks {
			h, _ := h.(map[string]any)
			if id, _ := h["id"].(string); strings.HasPrefix(id, "nixsift") {
				return true
			}
		}
	}
	return false
}

// onlyAdds reports whether a configuration says what another does, and has one repository more.
func onlyAdds(before, after map[string]any) bool {
	old, _ := before["repos"].([]any)
	list, _ := after["repos"].([]any)
	if len(list) != len(old)+1 || !hasNixsift(after) || len(before) != len(after) {
		return false
	}
	for key, value := range after {
		if key == "repos" {
			value = any(list[:len(old)])
			if len(old) == 0 {
				continue
			}
		}
		if !reflect.DeepEqual(before[key], value) {
			return false
		}
	}
	return true
}

// endOfRepos returns where an entry may be added to the list of repositories, behind its last line, and the indentation of its
// entries; false where it is no list of that form.
func endOfRepos(text string) (at int, indent string, ok bool) {
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil || len(file.Docs) != 1 {
		return 0, "", false
	}
	top, isMap := file.Docs[0].Body.(*ast.MappingNode)
	if !isMap || top.IsFlowStyle {
		return 0, "", false
	}
	lines := strings.SplitAfter(text, "\n")
	for i, pair := range top.Values {
		if pair.Key.GetToken().Value != "repos" {
			continue
		}
		list, isList := pair.Value.(*ast.SequenceNode)
		if !isList || list.IsFlowStyle || len(list.Values) == 0 {
			return 0, "", false
		}
		dash := list.Start.Position
		end := len(lines) // the number of lines before the end of the list
		if i+1 < len(top.Values) {
			end = top.Values[i+1].Key.GetToken().Position.Line - 1
		}
		for end > dash.Line && !within(lines[end-1], dash.Column-1) {
			end--
		}
		return len(strings.Join(lines[:end], "")), strings.Repeat(" ", dash.Column-1), true
	}
	return 0, "", false
}

// within reports whether a line belongs to a list whose dashes have so many blanks before them: blank lines and comments further
// left, the end of a document and its mark do not.
func within(line string, dash int) bool {
	body := strings.TrimLeft(line, " ")
	indent := len(line) - len(body)
	switch body = strings.TrimSpace(body); {
	case body == "" || body == "...":
		return false
	case strings.HasPrefix(body, "#"):
		return indent > dash
	}
	return true
}
