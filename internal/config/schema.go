package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/nixsift/nixsift/internal/baseline"
)

// SchemaURL is the address of the JSON Schema of configuration files, which editors take from a comment `#:schema URL`.
const SchemaURL = "https://raw.githubusercontent.com/nixsift/nixsift/main/docs/schema/nixsift.schema.json"

// object is a JSON object.
type object map[string]any

// Schema returns the JSON Schema of configuration files, with a line break at its end. It accepts what Load accepts. What
// it cannot say, it leaves to Load: whether a pattern matches something, a file exists, keys contradict each other.
func (c *Catalogue) Schema() ([]byte, error) {
	glob := object{"type": "string", "minLength": 1, "not": object{"pattern": `^[/~!]|^\s*$|^(\./)?\.\.(/|$)|/\.\.(/|$)`}}
	top := object{
		extendsKey: described("Files relative to this one, or folders whose nixsift.toml is meant, that hold where this file says nothing else.",
			object{"anyOf": []any{object{"$ref": "#/$defs/file"}, list(object{"$ref": "#/$defs/file"})}}),
		requiredKey:   described("The versions of nixsift that the configuration is for, as \">=0.1, <0.3\" or \"0.1.x\".", object{"type": "string", "pattern": `[0-9*xX]`}),
		presetKey:     described("The rules to start from. Beside `select` those run, too; without either, it is "+c.presets[0]+".", object{"enum": c.presets}),
		editionKey:    described("The edition of the presets. Rules that presets got later do not run. Without it, it is "+FirstEdition+".", object{"enum": c.editions}),
		previewKey:    described("Whether presets and patterns turn on rules in preview, too.", object{"type": "boolean", "default": false}),
		excludeKey:    described("Patterns of files and folders to leave out, relative to the folder of this file.", list(object{"$ref": "#/$defs/glob"})),
		minimumNixKey: described("The oldest Nix that must accept the code.", object{"type": "string", "pattern": `^[0-9]+\.[0-9]+(\.[0-9]+)?$`, "default": DefaultMinimumNix.String()}),
		generatedKey:  described("Whether generated files are checked like others, not for errors only.", object{"type": "boolean", "default": false}),
		failOnKey:     described("The least severity of a finding that makes the exit status 1.", object{"enum": gates, "default": "warning"}),
		baselineKey:   described("The baseline, relative to this file: the findings that it lists are neither shown nor count. Without it, "+baseline.FileName+" beside this file, if there is one.", object{"type": "string", "not": object{"pattern": `^[/~]|/$|^\s*$`}}),
		inputsKey: object{
			"description": "Which sources of flake inputs findings may rest on, beside those in the repository itself.",
			"type":        "object", "properties": object{storeKey: described("Whether those in the Nix store count, where the lock file says which they are.",
				object{"anyOf": []any{object{"type": "boolean", "default": false}, object{"$ref": "#/$defs/place"}}})},
			"additionalProperties": described("The folder of the source of the input of this name, relative to this file.", object{"$ref": "#/$defs/place"}),
		},
		ruleKey:   described("Rules of one's own.", list(object{"$ref": "#/$defs/rule"})),
		policyKey: described("What flake.lock is to meet.", list(object{"$ref": "#/$defs/policy"})),
	}
	maps.Copy(top, naming())
	top[overrideKey] = described("What holds for some files only. Of several that match, the last one wins.", list(object{"$ref": "#/$defs/override"}))
	schema := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SchemaURL, "title": "nixsift.toml",
		"description": "The configuration of nixsift, a static analyzer and linter for Nix.",
		"type":        "object", "additionalProperties": false, "properties": top,
		"if": object{"anyOf": []any{object{"required": []string{ruleKey}}, object{"required": []string{policyKey}}, object{"required": []string{extendsKey}}}},
		"else": object{
			"$ref": "#/$defs/known", "properties": object{overrideKey: list(object{"$ref": "#/$defs/known"})},
		},
		"$defs": object{
			"rule": definitionSchema(), "policy": policySchema(), "example": exampleSchema(),
			"file":           object{"type": "string", "not": object{"pattern": `^[/~]|://|^\s*$`}},
			"place":          object{"type": "string", "not": object{"pattern": `^[/~]|://|^\s*$`}},
			"glob":           glob,
			"id":             object{"enum": c.ids},
			"alias":          object{"pattern": c.aliasPattern(func(rs []*Rule) bool { return len(rs) == 1 })},
			"known":          knownSchema(),
			"selector":       object{"anyOf": []any{object{"$ref": "#/$defs/known-selector"}, object{"type": "string", "pattern": idPattern}, object{"type": "string", "pattern": "^" + OwnFamily + "/"}}},
			"known-selector": c.selectorSchema(),
			"severity":       object{"enum": severities},
			"setting":        settingSchema(object{"$ref": "#/$defs/severity"}, nil),
			"rules":          c.rulesSchema(),
			"override":       overrideSchema(),
		},
	}
	text, err := json.MarshalIndent(schema, "", "  ")
	return append(text, '\n'), err
}

func described(text string, o object) object {
	o["description"] = text
	return o
}

func list(of object) object { return object{"type": "array", "items": of} }

// selectorSchema describes names in lists of rules.
func (c *Catalogue) selectorSchema() object {
	names := []string{"ALL"}
	for _, f := range c.families {
		names = append(names, f, f+"/*")
	}
	others := c.aliasPattern(func([]*Rule) bool { return true })
	qualified := []string{anyCase("all")}
	for _, f := range c.families {
		var ids []string
		for _, r := range c.ofFamily(f) {
			ids = append(ids, r.ID)
		}
		qualified = append(qualified, f+"/("+strings.Join(ids, "|")+")?")
	}
	return object{"anyOf": []any{
		object{"$ref": "#/$defs/id"},
		object{"enum": names},
		object{"type": "string", "pattern": `[*?\[{]`},
		object{"type": "string", "pattern": "^(" + strings.Join(qualified, "|") + ")$"},
		object{"type": "string", "pattern": others},
	}}
}

// naming describes the keys that name rules, at the top and of overrides. Names may be those of rules that files define.
func naming() object {
	return object{
		selectKey: described("Rules to run: beside those of `preset`, or alone where there is no preset.", list(object{"$ref": "#/$defs/selector"})),
		ignoreKey: described("Rules not to run. Of `select` and `ignore`, the narrower name wins.", list(object{"$ref": "#/$defs/selector"})),
		rulesKey:  object{"$ref": "#/$defs/rules"},
	}
}

// knownSchema narrows naming for a file without rules that files define: their names are those of the program.
func knownSchema() object {
	names := list(object{"$ref": "#/$defs/known-selector"})
	return object{"properties": object{
		selectKey: names, ignoreKey: names,
		rulesKey: object{"propertyNames": object{"anyOf": []any{object{"$ref": "#/$defs/id"}, object{"$ref": "#/$defs/alias"}}}},
	}}
}

func overrideSchema() object {
	properties := naming()
	properties[pathsKey] = described("Patterns of the files, relative to the folder of this file.", object{"type": "array", "minItems": 1, "items": object{"$ref": "#/$defs/glob"}})
	return object{
		"type": "object", "additionalProperties": false, "required": []string{pathsKey}, "properties": properties,
		"anyOf": []any{object{"required": []string{rulesKey}}, object{"required": []string{selectKey}}, object{"required": []string{ignoreKey}}},
	}
}

// rulesSchema describes the table of severities and options.
func (c *Catalogue) rulesSchema() object {
	properties := object{}
	for _, r := range c.rules {
		severity := object{"$ref": "#/$defs/severity"}
		if r.Mandatory {
			severity = object{"enum": []string{r.Severity.String()}}
		}
		options := object{}
		for _, o := range r.Options {
			options[o.Name] = described(o.Doc, optionSchema(o.Default))
		}
		properties[r.ID] = described(r.Summary+".", settingSchema(severity, options))
	}
	return object{
		"description": "Severities and options of single rules. They have the last word over `preset`, `select` and `ignore`.",
		"type":        "object", "additionalProperties": object{"$ref": "#/$defs/setting"}, "properties": properties,
	}
}

// settingSchema describes what stands behind the name of a rule with the options; nil stands for any.
func settingSchema(severity, options object) object {
	properties := object{"severity": severity}
	maps.Copy(properties, options)
	return object{"anyOf": []any{severity, object{"type": "object", "properties": properties, "additionalProperties": options == nil}}}
}

func optionSchema(def any) object {
	o := object{"default": def}
	switch def.(type) {
	case string:
		o["type"] = "string"
	case bool:
		o["type"] = "boolean"
	case int64:
		o["type"] = "integer"
	case []string:
		o["type"], o["items"] = "array", object{"type": "string"}
	}
	return o
}

// aliasPattern returns a regular expression of the earlier ids and aliases whose rules are as asked for.
func (c *Catalogue) aliasPattern(wanted func([]*Rule) bool) string {
	var alternatives []string
	for old := range c.byFormer {
		if wanted(c.find(old)) {
			alternatives = append(alternatives, old)
		}
	}
	for alias, rs := range c.byAlias {
		if wanted(rs) && c.byID[alias] == nil {
			alternatives = append(alternatives, anyCase(alias))
		}
	}
	slices.Sort(alternatives)
	return "^(" + strings.Join(alternatives, "|") + ")$"
}

// anyCase returns a regular expression for a lower-case text in whatever case.
func anyCase(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			b.WriteString("[" + string(r) + string(unicode.ToUpper(r)) + "]")
		case strings.ContainsRune(`.+*?()[]{}|^$\`, r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
