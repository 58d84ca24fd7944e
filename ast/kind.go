package ast

// Kind is the kind of a node.
type Kind uint8

// The node kinds, with their children in order. "expr" is any expression kind or Error.
const (
	Error         Kind = iota // a missing or unreadable piece; may hold what could be read of it
	File                      // expr
	Ident                     // a variable: a use of a name as an expression
	Name                      // a name that is not a variable: attribute, formal, lambda parameter, inherited name
	Int                       // 1
	Float                     // 1.5
	URI                       // an unquoted URL literal
	SearchPath                // <nixpkgs>
	String                    // Interpolation*; the text is in the tokens
	IndString                 // Interpolation*; an indented string ''…''
	Path                      // Interpolation*; ./a, /a, ~/a, a/b
	Interpolation             // expr; ${…} in a string or path, or as a dynamic attribute
	Paren                     // expr
	List                      // expr*
	AttrSet                   // (Binding | Inherit | Error)*; Rec() tells rec { }
	LegacyLet                 // (Binding | Inherit | Error)*; let { … }
	Binding                   // Attrpath expr
	Inherit                   // InheritFrom? (Name | String | Interpolation)*
	InheritFrom               // expr; the parenthesised source
	Attrpath                  // (Name | String | Interpolation)+
	Select                    // expr Attrpath expr?; the last is the "or" default
	HasAttr                   // expr Attrpath
	Apply                     // expr expr; the argument of "f or" is an Ident "or"
	Unary                     // expr; Op() is OpNot or OpNeg
	Binary                    // expr expr
	If                        // expr expr expr
	With                      // expr expr
	Assert                    // expr expr
	Let                       // Bindings expr
	Bindings                  // (Binding | Inherit | Error)*; the bindings of a let … in
	Lambda                    // (Name | Pattern) expr
	Pattern                   // AtName? Formal* Ellipsis? AtName?
	AtName                    // the name bound by @
	Formal                    // Name expr?; the default
	Ellipsis                  // ...
	numKinds
)

// NumKinds is the number of node kinds, for tables indexed by kind.
const NumKinds = int(numKinds)

var kindNames = [NumKinds]string{
	"Error", "File", "Ident", "Name", "Int", "Float", "URI", "SearchPath", "String", "IndString", "Path", "Interpolation",
	"Paren", "List", "AttrSet", "LegacyLet", "Binding", "Inherit", "InheritFrom", "Attrpath", "Select", "HasAttr", "Apply",
	"Unary", "Binary", "If", "With", "Assert", "Let", "Bindings", "Lambda", "Pattern", "AtName", "Formal", "Ellipsis",
}

// Kinds is a set of kinds.
type Kinds uint64

// KindsOf returns the set of some kinds.
func KindsOf(kinds ...Kind) (s Kinds) {
	for _, k := range kinds {
		s |= 1 << k
	}
	return s
}

// HaveAny reports whether two sets have a kind in common.
func (s Kinds) HaveAny(of Kinds) bool { return s&of != 0 }

// String returns the kind's Go name.
func (k Kind) String() string { return kindNames[k] }

// Op is the operator of a Unary or Binary node.
type Op uint8

// The operators.
const (
	OpNone      Op = iota
	OpNot          // !
	OpNeg          // unary -
	OpEq           // ==
	OpNeq          // !=
	OpLess         // <
	OpGreater      // >
	OpLessEq       // <=
	OpGreaterEq    // >=
	OpAnd          // &&
	OpOr           // ||
	OpImpl         // ->
	OpUpdate       // //
	OpAdd          // +
	OpSub          // -
	OpMul          // *
	OpDiv          // /
	OpConcat       // ++
	OpPipeInto     // |>
	OpPipeFrom     // <|
)

var opNames = [...]string{"", "!", "-", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "->", "//", "+", "-", "*", "/", "++", "|>", "<|"}

// String returns the operator as it is written.
func (o Op) String() string { return opNames[o] }
