namespace HybridControl.Symbolics;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    End,
    Number,
    Name,
    QuotedName,
    Plus,
    Minus,
    Star,
    Slash,
    Caret,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    Open,
    Close,
    Comma,
}

/// <summary>A piece of text: where it stands and what it means.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, double Number = 0.0, string Name = "")
{
    /// <summary>The index after the last character.</summary>
    public int End => Start + Length;

    /// <summary>Whether this token begins an operand and so cannot follow one.</summary>
    public bool BeginsOperand => Kind is TokenKind.Number or TokenKind.Name or TokenKind.QuotedName or TokenKind.Open;

    /// <summary>How tightly this token binds as an infix operator.</summary>
    public Precedence Infix => Kind switch
    {
        TokenKind.Or => Precedence.Or,
        TokenKind.And => Precedence.And,
        TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater or TokenKind.GreaterOrEqual =>
            Precedence.Comparison,
        TokenKind.Plus or TokenKind.Minus => Precedence.Sum,
        TokenKind.Star or TokenKind.Slash => Precedence.Product,
        TokenKind.Caret => Precedence.Power,
        _ => Precedence.None,
    };
}
