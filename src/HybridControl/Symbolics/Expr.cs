using System.Collections.Immutable;
using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>A real-valued expression in time, states, discrete variables, parameters and inputs.</summary>
/// <remarks>
/// Built with the arithmetic operators and the functions of this class, or parsed by <see cref="ExprParser"/>.
/// Immutable and thread-safe; equality is structural. An expression is a graph: a node used twice is shared, and
/// every back-end computes it once. A comparison gives a <see cref="Condition"/>, which has no conversion to
/// <see cref="bool"/>: write <see cref="Select"/> where a program would write <c>if</c>.
/// </remarks>
public sealed class Expr : IEquatable<Expr>
{
    private readonly int _hash;

    private Expr(
        Operation operation,
        ImmutableArray<Expr> operands,
        double value = 0.0,
        string? name = null,
        VariableKind kind = VariableKind.Time,
        Condition? condition = null,
        LookupTable? table = null,
        ImmutableArray<double> coefficients = default)
    {
        Operation = operation;
        Operands = operands;
        Value = value;
        Name = name;
        Kind = kind;
        Condition = condition;
        Table = table;
        Coefficients = coefficients.IsDefault ? [] : coefficients;
        _hash = ComputeHash();
    }

    /// <summary>What this node computes.</summary>
    public Operation Operation { get; }

    /// <summary>The operands, in order.</summary>
    public ImmutableArray<Expr> Operands { get; }

    /// <summary>The number of a constant; the constant term of a <see cref="Operation.LinearForm"/>.</summary>
    public double Value { get; }

    /// <summary>The name of a variable or alias.</summary>
    public string? Name { get; }

    /// <summary>The kind of a variable.</summary>
    public VariableKind Kind { get; }

    /// <summary>The condition of a <see cref="Operation.Select"/>.</summary>
    public Condition? Condition { get; }

    /// <summary>The table of a lookup.</summary>
    public LookupTable? Table { get; }

    /// <summary>The coefficients of a <see cref="Operation.LinearForm"/>, one for each operand.</summary>
    public ImmutableArray<double> Coefficients { get; }

    /// <summary>Time, in seconds.</summary>
    public static Expr Time { get; } = new(Operation.Variable, [], name: "t", kind: VariableKind.Time);

    /// <summary>Zero.</summary>
    public static Expr Zero { get; } = new(Operation.Constant, [], 0.0);

    /// <summary>One.</summary>
    public static Expr One { get; } = new(Operation.Constant, [], 1.0);

    /// <summary>Whether this is a constant.</summary>
    public bool IsConstant => Operation == Operation.Constant;

    /// <summary>A number as an expression.</summary>
    public static Expr Constant(double value) => new(Operation.Constant, [], value);

    /// <summary>A variable.</summary>
    /// <param name="kind">Where its value comes from.</param>
    /// <param name="name">Its name; time is always <c>t</c>.</param>
    public static Expr Variable(VariableKind kind, string name) =>
        kind == VariableKind.Time ? Time : new(Operation.Variable, [], name: name, kind: kind);

    /// <summary>A named expression: the value of <paramref name="definition"/>, printed as <paramref name="name"/>.</summary>
    public static Expr Alias(string name, Expr definition) => new(Operation.Alias, [definition], name: name);

    /// <summary>The node of <paramref name="operation"/> over <paramref name="operands"/>, as it stands.</summary>
    /// <exception cref="ArgumentException">The operation needs more than operands, or another number of them.</exception>
    public static Expr Node(Operation operation, params ReadOnlySpan<Expr> operands)
    {
        if (operation.Arity() != operands.Length)
        {
            throw new ArgumentException($"{operation} takes {operation.Arity()} operands, not {operands.Length}.");
        }

        return new(operation, [.. operands]);
    }

    /// <summary>The number <paramref name="value"/>.</summary>
    public static implicit operator Expr(double value) => Constant(value);

    /// <summary>Sum.</summary>
    public static Expr operator +(Expr a, Expr b) => Node(Operation.Add, a, b);

    /// <summary>Difference.</summary>
    public static Expr operator -(Expr a, Expr b) => Node(Operation.Subtract, a, b);

    /// <summary>Product.</summary>
    public static Expr operator *(Expr a, Expr b) => Node(Operation.Multiply, a, b);

    /// <summary>Quotient.</summary>
    public static Expr operator /(Expr a, Expr b) => Node(Operation.Divide, a, b);

    /// <summary>Negation.</summary>
    public static Expr operator -(Expr a) => a.IsConstant ? Constant(-a.Value) : Node(Operation.Negate, a);

    /// <summary>a &lt; b, closed for location.</summary>
    public static Condition operator <(Expr a, Expr b) => Condition.Compare(a, Relation.Less, b);

    /// <summary>a &lt;= b.</summary>
    public static Condition operator <=(Expr a, Expr b) => Condition.Compare(a, Relation.LessOrEqual, b);

    /// <summary>a &gt; b, closed for location.</summary>
    public static Condition operator >(Expr a, Expr b) => Condition.Compare(a, Relation.Greater, b);

    /// <summary>a &gt;= b.</summary>
    public static Condition operator >=(Expr a, Expr b) => Condition.Compare(a, Relation.GreaterOrEqual, b);

    /// <summary>a raised to b.</summary>
    public static Expr Power(Expr a, Expr b) => Node(Operation.Power, a, b);

    /// <summary>a * a.</summary>
    public static Expr Square(Expr a) => Power(a, 2.0);

    /// <summary>Square root.</summary>
    public static Expr Sqrt(Expr a) => Node(Operation.Sqrt, a);

    /// <summary>Cube root, odd in a.</summary>
    public static Expr Cbrt(Expr a) => Node(Operation.Cbrt, a);

    /// <summary>Exponential.</summary>
    public static Expr Exp(Expr a) => Node(Operation.Exp, a);

    /// <summary>Natural logarithm.</summary>
    public static Expr Log(Expr a) => Node(Operation.Log, a);

    /// <summary>Sine of an angle in radians.</summary>
    public static Expr Sin(Expr a) => Node(Operation.Sin, a);

    /// <summary>Cosine of an angle in radians.</summary>
    public static Expr Cos(Expr a) => Node(Operation.Cos, a);

    /// <summary>Tangent of an angle in radians.</summary>
    public static Expr Tan(Expr a) => Node(Operation.Tan, a);

    /// <summary>Arc sine, in radians.</summary>
    public static Expr Asin(Expr a) => Node(Operation.Asin, a);

    /// <summary>Arc cosine, in radians.</summary>
    public static Expr Acos(Expr a) => Node(Operation.Acos, a);

    /// <summary>Arc tangent, in radians.</summary>
    public static Expr Atan(Expr a) => Node(Operation.Atan, a);

    /// <summary>Hyperbolic sine.</summary>
    public static Expr Sinh(Expr a) => Node(Operation.Sinh, a);

    /// <summary>Hyperbolic cosine.</summary>
    public static Expr Cosh(Expr a) => Node(Operation.Cosh, a);

    /// <summary>Hyperbolic tangent.</summary>
    public static Expr Tanh(Expr a) => Node(Operation.Tanh, a);

    /// <summary>Inverse hyperbolic sine.</summary>
    public static Expr Asinh(Expr a) => Node(Operation.Asinh, a);

    /// <summary>Inverse hyperbolic cosine.</summary>
    public static Expr Acosh(Expr a) => Node(Operation.Acosh, a);

    /// <summary>Inverse hyperbolic tangent.</summary>
    public static Expr Atanh(Expr a) => Node(Operation.Atanh, a);

    /// <summary>Angle of the point (x, y), in radians.</summary>
    public static Expr Atan2(Expr y, Expr x) => Node(Operation.Atan2, y, x);

    /// <summary>sqrt(a^2 + b^2).</summary>
    public static Expr Hypot(Expr a, Expr b) => Node(Operation.Hypot, a, b);

    /// <summary>The smaller of two.</summary>
    public static Expr Min(Expr a, Expr b) => Node(Operation.Min, a, b);

    /// <summary>The larger of two.</summary>
    public static Expr Max(Expr a, Expr b) => Node(Operation.Max, a, b);

    /// <summary>Absolute value.</summary>
    public static Expr Abs(Expr a) => Node(Operation.Abs, a);

    /// <summary>Sign: -1, 0 or 1.</summary>
    public static Expr Sign(Expr a) => Node(Operation.Sign, a);

    /// <summary>Largest integer not above a.</summary>
    public static Expr Floor(Expr a) => Node(Operation.Floor, a);

    /// <summary>Floored remainder a - b * floor(a / b).</summary>
    public static Expr Modulo(Expr a, Expr b) => Node(Operation.Modulo, a, b);

    /// <summary><paramref name="whenTrue"/> where the condition holds, else <paramref name="whenFalse"/>.</summary>
    /// <remarks>In a flow the branch is frozen during a step and its switch is located as an internal event.</remarks>
    public static Expr Select(Condition condition, Expr whenTrue, Expr whenFalse) =>
        new(Operation.Select, [whenTrue, whenFalse], condition: condition);

    /// <summary>A random number, uniform between <paramref name="low"/> and <paramref name="high"/>.</summary>
    /// <remarks>
    /// For resets, delays and initial values only. Every place where it stands is a draw of its own, also where one
    /// object stands twice; its numbers are keyed by the seed, the trajectory, the place and the count of its draws.
    /// </remarks>
    public static Expr Uniform(Expr low, Expr high) => Node(Operation.Uniform, low, high);

    /// <summary>A random number, normal; see <see cref="Uniform"/>.</summary>
    public static Expr Normal(Expr mean, Expr deviation) => Node(Operation.Normal, mean, deviation);

    /// <summary>A random number, exponential with mean 1 / <paramref name="rate"/>; see <see cref="Uniform"/>.</summary>
    public static Expr Exponential(Expr rate) => Node(Operation.Exponential, rate);

    /// <summary>Value of a curve.</summary>
    public static Expr Lookup(LookupCurve curve, Expr x) =>
        curve.Parent is { } parent ? LookupSlope(parent, x) : new(Operation.Lookup, [x], table: curve);

    /// <summary>Slope of a curve.</summary>
    public static Expr LookupSlope(LookupCurve curve, Expr x) => new(Operation.LookupSlope, [x], table: curve);

    /// <summary>Value of a surface, or of one of its partial derivatives.</summary>
    public static Expr Lookup(LookupSurface surface, Expr x, Expr y) => new(Operation.Surface, [x, y], table: surface);

    /// <summary>constant + sum of <paramref name="coefficients"/>[i] * <paramref name="terms"/>[i].</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Expr LinearForm(ReadOnlySpan<double> coefficients, ReadOnlySpan<Expr> terms, double constant = 0.0)
    {
        if (coefficients.Length != terms.Length)
        {
            throw new ArgumentException($"{coefficients.Length} coefficients for {terms.Length} terms. Give one for each.");
        }

        return new(Operation.LinearForm, [.. terms], constant, coefficients: [.. coefficients]);
    }

    /// <summary>The same node over other operands (and condition, for a <see cref="Operation.Select"/>).</summary>
    public Expr With(ReadOnlySpan<Expr> operands, Condition? condition = null) =>
        new(Operation, [.. operands], Value, Name, Kind, condition ?? Condition, Table, Coefficients);

    /// <inheritdoc/>
    public bool Equals(Expr? other) => other is not null && StructuralEquality.AreEqual(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Expr);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The expression as text that <see cref="ExprParser"/> reads back to an equal expression.</summary>
    public override string ToString() => ExprPrinter.Print(this);

    private int ComputeHash()
    {
        var hash = new HashCode();
        hash.Add(Operation);
        hash.Add(Value);
        hash.Add(Kind);
        hash.Add(Name is null ? 0 : string.GetHashCode(Name, StringComparison.Ordinal));
        hash.Add(Table);
        hash.Add(Condition);
        foreach (double coefficient in Coefficients)
        {
            hash.Add(coefficient);
        }

        foreach (Expr operand in Operands)
        {
            hash.Add(operand._hash);
        }

        return hash.ToHashCode();
    }
}
