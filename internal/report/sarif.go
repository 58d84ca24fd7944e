package report

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fingerprint"
)

// SARIF 2.1.0 (docs.oasis-open.org/sarif), as much of it as a linter has to say. The types are our own: the
// library of the field brings an HTTP client and a schema validator into every start of the program; the
// tests check against it.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool               `json:"tool"`
	Invocations []sarifInvocation       `json:"invocations"`
	BaseIDs     map[string]sarifBaseURI `json:"originalUriBaseIds"`
	ColumnKind  string                  `json:"columnKind"`
	Results     []sarifResult           `json:"results"`
}

type sarifBaseURI struct {
	Description sarifText `json:"description"`
}

type sarifTool struct {
	Driver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	} `json:"driver"`
}

type sarifRule struct {
	ID         string               `json:"id"`
	Short      *sarifText           `json:"shortDescription,omitempty"`
	Full       *sarifText           `json:"fullDescription,omitempty"`
	Help       *sarifMarkdown       `json:"help,omitempty"`
	HelpURI    string               `json:"helpUri,omitempty"`
	Default    *sarifConfiguration  `json:"defaultConfiguration,omitempty"`
	Properties *sarifRuleProperties `json:"properties,omitempty"`
}

type sarifMarkdown struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

// sarifRuleProperties are those that GitHub reads (docs.github.com, "SARIF support for code scanning").
type sarifRuleProperties struct {
	Tags     []string `json:"tags"`
	Severity string   `json:"problem.severity"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Descriptor struct {
		ID string `json:"id"`
	} `json:"descriptor"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Fixes        []sarifFix        `json:"fixes,omitempty"`
	// Suppressions are there for all results or for none: without any, a result counts.
	Suppressions []sarifSuppression `json:"suppressions"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	} `json:"physicalLocation"`
	Message *sarifText `json:"message,omitempty"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int     `json:"startLine"`
	StartColumn int     `json:"startColumn"`
	EndLine     int     `json:"endLine"`
	EndColumn   int     `json:"endColumn"`
	ByteOffset  *uint32 `json:"byteOffset,omitempty"`
	ByteLength  *uint32 `json:"byteLength,omitempty"`
}

type sarifFix struct {
	Description sarifText           `json:"description"`
	Changes     []sarifChange       `json:"artifactChanges"`
	Properties  sarifSafetyProperty `json:"properties"`
}

type sarifSafetyProperty struct {
	Safety string `json:"safety"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion `json:"deletedRegion"`
	Inserted sarifText   `json:"insertedContent"`
}

const baseID = "%SRCROOT%"

func (p *printer) sarif() error {
	run := sarifRun{
		BaseIDs:     map[string]sarifBaseURI{baseID: {sarifText{"The folder that nixsift was run in."}}},
		ColumnKind:  "unicodeCodePoints",
		Results:     []sarifResult{},
		Invocations: []sarifInvocation{{Successful: len(p.Errors) == 0, Notifications: []sarifNotification{}}},
	}
	run.Tool.Driver.Name = "nixsift"
	run.Tool.Driver.Version = p.ToolVersion
	run.Tool.Driver.InformationURI = "https://github.com/nixsift/nixsift"
	index := map[string]int{}
	run.Tool.Driver.Rules = p.sarifRules(index)
	for _, e := range p.Errors {
		n := sarifNotification{Level: "error", Message: sarifText{e.Message}}
		n.Descriptor.ID = e.Kind
		if e.File != "" {
			l := sarifLocation{}
			l.Physical.Artifact = p.artifact(e.File)
			if e.Line > 0 {
				l.Physical.Region = &sarifRegion{StartLine: e.Line, StartColumn: e.Column, EndLine: e.Line, EndColumn: e.Column}
			}
			n.Locations = []sarifLocation{l}
		}
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, n)
	}
	frame, err := indented("", sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
	if err != nil {
		return err
	}
	// The results, of which there may be many, are written one by one into the empty list that the frame ends with.
	at := strings.LastIndex(frame, "[]") + 1
	p.printf("%s", frame[:at])
	var prints fingerprint.Counter
	separator := "\n    "
	add := func(f *diag.Finding, suppressions ...sarifSuppression) error {
		r := p.sarifResult(f)
		r.RuleIndex = index[f.Rule]
		r.Fingerprints = map[string]string{fingerprint.Version: prints.Next(f, p.path(f.File), p.printedText(f.File))}
		r.Suppressions = append([]sarifSuppression{}, suppressions...)
		text, err := indented("    ", r)
		p.printf("%s%s", separator, strings.TrimSuffix(text, "\n"))
		separator = ",\n    "
		return err
	}
	for i := range p.Findings {
		if err := add(&p.Findings[i]); err != nil {
			return err
		}
	}
	for i := range p.Silenced {
		s := &p.Silenced[i]
		how := sarifSuppression{"inSource", "accepted", s.Reason}
		if s.Baselined {
			how = sarifSuppression{"external", "accepted", "It is in the baseline."}
		}
		if err := add(&s.Finding, how); err != nil {
			return err
		}
	}
	if len(p.Findings)+len(p.Silenced) > 0 {
		p.printf("\n   ")
	}
	p.printf("%s", frame[at:])
	return nil
}

// indented encodes a value whose lines but the first start with a prefix; it ends with a newline.
func indented(prefix string, v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent(prefix, " ")
	err := enc.Encode(v)
	return string(escapeJSON(b.Bytes())), err
}

// sarifLevels are the levels of SARIF by severity.
var sarifLevels = [...]string{diag.Off: "none", diag.Hint: "note", diag.Info: "note", diag.Warning: "warning", diag.Error: "error"}

// sarifRules describes the rules that found something, sorted, and notes their indexes.
func (p *printer) sarifRules(index map[string]int) []sarifRule {
	var ids []string
	for i := range p.Findings {
		ids = append(ids, p.Findings[i].Rule)
	}
	for i := range p.Silenced {
		ids = append(ids, p.Silenced[i].Rule)
	}
	slices.Sort(ids)
	described := []sarifRule{}
	for i, id := range slices.Compact(ids) {
		index[id] = i
		described = append(described, sarifRuleOf(id, p.Rule(id)))
	}
	return described
}

func sarifRuleOf(id string, about Rule) sarifRule {
	r := sarifRule{ID: id, HelpURI: about.URL}
	if about.Summary != "" {
		r.Short = &sarifText{about.Summary}
	}
	if about.Doc != "" {
		first, _, _ := strings.Cut(about.Doc, "\n\n")
		r.Full = &sarifText{first}
		r.Help = &sarifMarkdown{about.Doc, about.Doc}
		if about.URL != "" {
			r.Help.Markdown += "\n\n[" + id + "](" + about.URL + ")"
		}
	}
	if about.Severity != diag.Off {
		r.Default = &sarifConfiguration{sarifLevels[about.Severity]}
		r.Properties = &sarifRuleProperties{
			Tags:     []string{about.Family},
			Severity: [...]string{diag.Hint: "recommendation", diag.Info: "recommendation", diag.Warning: "warning", diag.Error: "error"}[about.Severity],
		}
	}
	return r
}

func (p *printer) sarifResult(f *diag.Finding) sarifResult {
	r := sarifResult{
		RuleID: f.Rule, Message: sarifText{f.Message},
		Level:     sarifLevels[f.Severity],
		Locations: []sarifLocation{p.location(f.File, f.Span)},
	}
	if f.Help != "" {
		r.Message.Text += "\nhelp: " + f.Help
	}
	for _, related := range f.Related {
		l := p.location(fileOf(related.File, f), related.Span)
		l.Message = &sarifText{related.Message}
		r.Related = append(r.Related, l)
	}
	for _, fix := range f.Fixes {
		if p.expressible(fix, f) && len(fix.Edits) > 0 {
			r.Fixes = append(r.Fixes, p.sarifFix(f, fix))
		}
	}
	return r
}

func (p *printer) sarifFix(f *diag.Finding, fix diag.Fix) sarifFix {
	out := sarifFix{Description: sarifText{fix.Title}, Properties: sarifSafetyProperty{fix.Safety.String()}}
	for _, e := range fix.Edits {
		file := fileOf(e.File, f)
		artifact := p.artifact(file)
		i := slices.IndexFunc(out.Changes, func(c sarifChange) bool { return c.Artifact == artifact })
		if i < 0 {
			i = len(out.Changes)
			out.Changes = append(out.Changes, sarifChange{Artifact: artifact})
		}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements, sarifReplacement{p.region(file, e.Span), sarifText{e.Text}})
	}
	return out
}

func (p *printer) location(file string, s source.Span) sarifLocation {
	var l sarifLocation
	l.Physical.Artifact = p.artifact(file)
	region := p.region(file, s)
	l.Physical.Region = &region
	return l
}

func (p *printer) region(file string, s source.Span) sarifRegion {
	start, end := p.place(file, s)
	length := max(start.Offset, end.Offset) - start.Offset
	return sarifRegion{start.Line, start.Column, end.Line, end.Column, &start.Offset, &length}
}

// artifact returns the address of a file: relative to the base folder, absolute outside of it.
func (p *printer) artifact(file string) sarifArtifact {
	rel := p.path(file)
	if path.IsAbs(rel) || rel == ".." || strings.HasPrefix(rel, "../") {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: path.Join("/", file)}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: rel}).String(), URIBaseID: baseID}
}
