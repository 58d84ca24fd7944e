let x = 1; y = { z = 2; w = 3; }; in { x = x; z = y.z; inherit (y) w; }
#
let x = 1; a = 2; in { inherit x a; b = a; }
#
let x = 1; a = 2; in {
  inherit x a;
  inherit ({ p.q = 1; }.p) q;
  b = { inherit a; };
}
#
{ a = { b = 1; c.d = 2; e = { f = 3; }; }; }
#
let a.b = 1; a.c = a.b; x = a; in x
#
rec { a.b = 1; a.c = a.b; d = { a = a.c; inherit a; }; }
#
let a = 1; in { s = { inherit a; ${"t" + "u"} = a; v."w x" = 2; }; }
#
{
  a = {
    # why
    b = 1;

    # a text
    c = ''
      one
        two
    '';
    d = [
      1
      2
    ]; # behind
    # last
  };
  z = 1;
}
#
{
  a.b = 1;
  # why
  a.c = {
    d = 2;
  };
  a."e f" = 3; # behind
  z = 1;
}
#
{ a = { b = 1; }; a.c = 2; }
#
{ a = rec { b = c; c = 1; }; a.d = 2; }
#
rec { a = { b = 1; }; inherit (a) b; c = "${toString b}"; }
#
{ "x" = 1; y = { "x" = 2; }.x; z = { x = 3; } ? "x"; inherit ({ v = 1; }) "v"; }
#
[ "plain" "a\nb" "two\nlines\n" "  led" "'' and ''${ and \${x} and $$ and $" "tab\there" "a'" "'" "''" "" "\n" "\n\n" " \n" "a\n  b\n c" "\r\n" "$\${" "x$" ]
#
let x = "v"; in [ "a${x}b" "${x}" "$${x}" "\\${x}" "a\n${x}\n  b" "${x}'" "'${x}" "${x}\n  c" "a\$${x}" "'\${" "${"${x}"}" "$''${x}" ]
#
[ ''plain'' ''
  one
    two
'' ''
  one
    two'' ''a ''${b} '''q''' $ '' ''  led'' ''
  x ''\n y ''\t z
'' '''' '' "quoted" \ '' ''
    $${x}
'' ''
  a

  b
'' ]
#
let x = "v"; in [ ''a${x}b'' ''
  ${x}
    deep ${x}
'' ''$''${x}'' ''
  ''${x} ${x}''
]
#
[ https://example.org/a?b=c x:y ]
#
let a = { b = 1; c = 2; }; in [ (with a; b + c) (with a; [ b ]) (with { a = 5; }; a.b) ]
#
let a = { b = 1; f = v: v + 1; }; d = 9; in with a; f b + d
#
let l = { x = 1; }; m = { x = 2; y = 3; }; in with l; [ x (with m; x + y) ]
#
let x = 1; in x
#
let x = 1; y = x + x; in y * x
#
let x = 1 + 2; in x * 3
#
let x = a: a + 1; in [ (x 1) (map x [ 1 2 ]) ]
#
let x = { a = 1; }; in x.a + x.b or 2 + (if x ? a then 1 else 0)
#
let y = 5; x = y + 1; in (y: x + y) 7
#
let y = 5; x = y + 1; in (y: let z = y; in z) x
#
let x = 1; in { inherit x; y = { inherit x; }; }
#
let x = 1; z = 2; in { inherit x z; }
#
let x = -1; in [ x (x - 1) (1 - x) ]
#
let x = if true then 1 else 2; in x + 1
#
let x = 1; # one
  y = 2; in "${toString x}${toString y}"
#
let inherit ({ x = 1; y = 2; }) x y; in x + y
#
let inherit ({ x = 1; }) x; in [ x "${toString x}" ]
#
let x = ''
    a
      b
  ''; in {
  y = {
    z = x;
  };
}
#
let x = throw "no"; in (builtins.tryEval x).success
#
let x = y; y = 1; in (with { y = 2; z = 3; }; x + z)
#
with { y = 1; }; let x = y; in with { y = 2; }; x
#
let x = x2: x2; in x 1 + x 2
#
let x = rec { a = 1; b = a; }; in x.b
#
let x = [ 1 ]; in x ++ x
#
let x = !true; in x || x
#
let x = 1; in rec { y = x; z = y; }
#
let f = { a, b ? a + 1 }: a + b; in f { a = 1; } + (x: x * 2) (1 + 2)
#
let
  a = 1;
  b = [
    a
    (a + 1)
  ];
in
{
  c = map (v: v + a) b;
  d = "${toString (a + 2)}";
  ${"e" + toString a} = rec { g = h + 1; h = 2; };
}
#
(x: y: x + (y * 2)) 1 2
#
rec { ${"k"} = 1; z = 2; w = { ${toString z} = z; }; }
#
assert 1 + 1 == 2; [ (1 + 1) ]
#
builtins.fromJSON ''{"a": 1, "b c": [1.5, -2, true, null, "x\ny${"$"}"], "d": {}, "e": [], "f": 1e3}''
#
{ v = builtins.fromJSON "{\"a\":[-1,0.5,{\"x\":\"\"}]}"; w = builtins.fromJSON "-1" + 1; x = builtins.fromJSON "\"s\""; y = [ (builtins.fromJSON "1.5") ]; }
#
let true = 5; in builtins.fromJSON "[true]"
#
let value = 1; in [ (1 + 2) value ]
#
{ f = x: { y ? x + 1, ... }@args: [ (x + y) args ]; }.f 1 { z = 3; }
#
if 1 < 2 then { a = 1; } // { b = 2; } else { }
#
let inherit ({ a = { b = 1; }; }) a; in { inherit (a) b; c = a.b; }
#
{ a.b.c = 1; a.b.d = 2; a.e = 3; }
#
let
  x = {
    y = 1;
    z = [
      2
    ];
  };
in
x // { y = x.z; }
