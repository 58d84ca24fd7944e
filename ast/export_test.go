package ast

// Descend is NodeAt by going down from the root.
var Descend = (*Tree).descend
