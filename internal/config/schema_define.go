package config

// idPattern is a regular expression of ids of rules.
const idPattern = `^[a-z0-9]+(-[a-z0-9]+)*$`

// definitionSchema describes a rule that a file defines.
func definitionSchema() object {
	text := func(doc string) object { return described(doc, object{"type": "string"}) }
	some := func(doc string, of object) object {
		o := described(doc, list(of))
		o["minItems"] = 1
		return o
	}
	globs := list(object{"$ref": "#/$defs/glob"})
	return object{
		"type": "object", "additionalProperties": false, "required": []string{idKey, messageKey, badKey, goodKey},
		"oneOf":             []any{object{"required": []string{patternKey}}, object{"required": []string{patternsKey}}},
		"dependentRequired": object{safetyKey: []string{fixKey}},
		"properties": object{
			idKey:       described("The name of the rule.", object{"type": "string", "pattern": idPattern, "maxLength": maxID}),
			patternKey:  text("What is found: Nix code in which $x stands for any expression or name, $$$xs for any number of things in a row."),
			patternsKey: some("Several patterns, of which any is found.", object{"type": "string"}),
			whereKey:    text("A condition on matches, such as $x is list and not inside 'assert $c; $b'."),
			messageKey:  described("What is wrong. $x stands for what the metavariable has met, $$ for a dollar sign.", object{"type": "string", "pattern": `\S`}),
			helpKey:     text("What to do."),
			urlKey:      text("The address of a page that says more."),
			severityKey: described("The severity of findings; with off, only the rule's name turns it on.", object{"$ref": "#/$defs/severity", "default": "warning"}),
			fixKey:      text("What a match becomes: a pattern with the same metavariables."),
			safetyKey:   described("safe for a fix that --fix applies, unsafe for one that needs --unsafe-fixes.", object{"enum": safeties, "default": "unsafe"}),
			pathsKey:    described("Patterns of the files that the rule is about, relative to the folder of the nixsift.toml that is used.", globs),
			excludeKey:  described("Patterns of files that it is not about.", globs),
			badKey:      some("Code in which the rule finds something.", object{"$ref": "#/$defs/example"}),
			goodKey:     some("Code in which it finds nothing.", object{"$ref": "#/$defs/example"}),
		},
	}
}

// policySchema describes a policy that a file defines.
func policySchema() object {
	rule := definitionSchema()
	own := rule["properties"].(object)
	properties := object{requireKey: described("What flake.lock is to meet, such as every input: locked.", object{"type": "string"})}
	for _, key := range policyKeys {
		if own[key] != nil {
			properties[key] = own[key]
		}
	}
	text := described("Inputs as JSON, by name.", object{"type": "string"})
	properties[badKey] = described("Inputs that do not meet the condition.", object{"type": "array", "minItems": 1, "items": text})
	properties[goodKey] = described("Inputs that meet it.", object{"type": "array", "minItems": 1, "items": text})
	return object{
		"type": "object", "additionalProperties": false, "required": []string{idKey, requireKey, messageKey, badKey, goodKey}, "properties": properties,
	}
}

// exampleSchema describes an example of a rule that a file defines.
func exampleSchema() object {
	text := func(doc string) object { return described(doc, object{"type": "string"}) }
	return object{"anyOf": []any{
		object{"type": "string"},
		object{"type": "object", "additionalProperties": false, "required": []string{codeKey}, "properties": object{
			codeKey:  text("An expression, or attributes of a set."),
			pathKey:  text("The path that the code is said to lie at."),
			hostKey:  text("The configuration of a host that is said to have the code as a module, such as nixosConfigurations.a; for conditions on hosts."),
			fixedKey: text("What the fix makes of the code."),
		}},
	}}
}
