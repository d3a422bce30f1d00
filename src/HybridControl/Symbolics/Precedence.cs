namespace HybridControl.Symbolics;

/// <summary>How tightly a piece of text holds together, loosest first.</summary>
internal enum Precedence
{
    None,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Unary,
    Power,
    Atom,
}
