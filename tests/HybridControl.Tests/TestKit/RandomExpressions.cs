using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Tests.TestKit;

/// <summary>Random expressions, conditions and points, the same for the same seed, over one fixed set of names.</summary>
/// <remarks>
/// States x, y, z; discrete d; parameters p, q; input u; tables of each extrapolation; aliases as they come. The
/// <see cref="Scope"/> knows all names, so printed text can be parsed; the <see cref="Slots"/> know all variables, so
/// expressions can be compiled.
/// </remarks>
internal sealed class RandomExpressions
{
    public static readonly LookupCurve[] Tables =
    [
        new("hold", [-1.0, 0.0, 0.5, 2.0], [0.0, 1.0, -1.0, 3.0], Extrapolation.Hold),
        new("ramp", [-2.0, -0.5, 1.0], [1.0, 0.25, 2.0], Extrapolation.Linear),
        new("lift curve", [-1.5, 0.0, 1.5], [-1.0, 0.1, 1.0], Extrapolation.Error),
        new("smooth", [-2.0, -0.5, 0.25, 1.5], [1.0, -1.0, 0.5, 0.5], Extrapolation.Linear, Interpolation.MonotoneCubic),
    ];

    public static readonly LookupSurface[] Surfaces =
    [
        new("map", [-1.0, 0.5, 2.0], [-1.0, 0.0, 1.5], [0.0, 1.0, -1.0, 2.0, 0.5, 1.0, -0.5, 0.25, 3.0], Extrapolation.Hold),
        new("tilt", [-2.0, 1.0], [-1.5, 1.5], [0.0, 1.0, -1.0, 2.0], Extrapolation.Linear),
    ];

    private static readonly Operation[] Unary =
    [
        Operation.Negate, Operation.Sqrt, Operation.Cbrt, Operation.Exp, Operation.Log, Operation.Sin, Operation.Cos,
        Operation.Tan, Operation.Asin, Operation.Acos, Operation.Atan, Operation.Sinh, Operation.Cosh, Operation.Tanh,
        Operation.Asinh, Operation.Acosh, Operation.Atanh, Operation.Abs, Operation.Sign, Operation.Floor,
    ];

    private static readonly Operation[] Binary =
    [
        Operation.Add, Operation.Subtract, Operation.Multiply, Operation.Divide, Operation.Power, Operation.Atan2,
        Operation.Hypot, Operation.Min, Operation.Max, Operation.Modulo,
    ];

    private readonly Random _random;
    private readonly List<Expr> _aliases = [];

    public RandomExpressions(int seed)
    {
        _random = new Random(seed);
        foreach (Expr variable in Variables)
        {
            if (variable.Kind != VariableKind.Time)
            {
                Scope.Add(variable);
                Slots.Add(variable.Kind, variable.Name!);
            }
        }

        foreach (LookupTable table in Tables.Concat<LookupTable>(Surfaces))
        {
            Scope.Add(table);
        }
    }

    public static Expr[] Variables { get; } =
    [
        Expr.Variable(VariableKind.State, "x"), Expr.Variable(VariableKind.State, "y"),
        Expr.Variable(VariableKind.State, "z"), Expr.Variable(VariableKind.Discrete, "d"),
        Expr.Variable(VariableKind.Parameter, "p"), Expr.Variable(VariableKind.Parameter, "q"),
        Expr.Variable(VariableKind.Input, "u"), Expr.Time,
    ];

    public ExprScope Scope { get; } = new();

    public SlotMap Slots { get; } = new();

    /// <summary>Keeps atan2 off its cut, where the sign of a zero decides between pi and -pi.</summary>
    public bool AvoidBranchCut { get; init; }

    /// <summary>An expression that may use every operation; its value may be NaN or infinite.</summary>
    public Expr Next(int depth)
    {
        if (depth <= 0)
        {
            return Leaf();
        }

        int choice = _random.Next(100);
        return choice switch
        {
            < 8 => Leaf(),
            < 50 => Pair(depth),
            < 76 => Expr.Node(Unary[_random.Next(Unary.Length)], Next(depth - 1)),
            < 83 => Expr.Select(NextCondition(depth - 1), Next(depth - 1), Next(depth - 1)),
            < 88 => Expr.Lookup(Tables[_random.Next(Tables.Length)], Next(depth - 1)),
            < 90 => OnSurface(Surfaces[_random.Next(Surfaces.Length)], Next(depth - 1), Next(depth - 1)),
            < 92 => Expr.LookupSlope(Tables[_random.Next(Tables.Length)], Next(depth - 1)),
            < 96 => Row(() => Next(depth - 1)),
            _ => Named(Next(depth - 1)),
        };
    }

    private Expr OnSurface(LookupSurface surface, Expr x, Expr y) =>
        Expr.Lookup(_random.Next(4) switch { 0 => surface.SlopeX!, 1 => surface.SlopeY!, _ => surface }, x, y);

    /// <summary>A condition over such expressions.</summary>
    public Condition NextCondition(int depth)
    {
        int choice = _random.Next(depth <= 0 ? 62 : 100);
        return choice switch
        {
            < 58 => Condition.Compare(Next(depth - 1), (Relation)_random.Next(4), Next(depth - 1)),
            < 60 => _random.Next(2) == 0 ? Condition.True : Condition.False,
            < 62 => Condition.Crosses(Next(depth - 1)),
            < 75 => NextCondition(depth - 1) & NextCondition(depth - 1),
            < 88 => NextCondition(depth - 1) | NextCondition(depth - 1),
            _ => !NextCondition(depth - 1),
        };
    }

    /// <summary>An expression that is analytic around every <see cref="Point"/>, with moderate values and slopes.</summary>
    public Expr NextSmooth(int depth)
    {
        if (depth <= 0)
        {
            return Leaf();
        }

        Expr a = NextSmooth(depth - 1);
        Expr Other() => NextSmooth(depth - 1);
        Expr unit = Expr.Sin(a);
        Expr positive = 2.0 + unit;
        return _random.Next(28) switch
        {
            0 => Expr.Exp(unit),
            1 => Expr.Log(positive),
            2 => Expr.Sqrt(positive),
            3 => Expr.Cbrt(positive),
            4 => Expr.Cos(a),
            5 => Expr.Tan(unit),
            6 => Expr.Asin(0.5 * unit),
            7 => Expr.Acos(0.5 * unit),
            8 => Expr.Atan(a),
            9 => Expr.Sinh(unit),
            10 => Expr.Cosh(unit),
            11 => Expr.Tanh(a),
            12 => Expr.Asinh(a),
            13 => Expr.Acosh(positive),
            14 => Expr.Atanh(0.5 * unit),
            15 => Expr.Atan2(Other(), positive),
            16 => Expr.Hypot(positive, Other()),
            17 => Other() / positive,
            18 => Expr.Power(positive, Expr.Cos(Other())),
            19 => Expr.Power(unit, _random.Next(1, 5)),
            20 => Row(Other),
            21 => Named(a),
            22 => a - Other(),
            23 or 24 => unit * Other(),
            25 => -a,
            _ => a + Other(),
        };
    }

    /// <summary>A point of moderate size: time, the states and the data block.</summary>
    public (double Time, double[] States, double[] Data) Point() =>
        (Uniform(0.0, 2.0), Numbers(Slots.StateCount), Numbers(Slots.DataCount));

    /// <summary>The value of an expression at a point, by the interpreter.</summary>
    public double Evaluate(Expr e, (double Time, double[] States, double[] Data) point) =>
        ExprProgram.Compile(Slots, e).EvaluateScalar(point.Time, point.States, point.Data);

    private double[] Numbers(int count)
    {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = Uniform(-1.9, 1.9);
        }

        return numbers;
    }

    private double Uniform(double low, double high) => low + ((high - low) * _random.NextDouble());

    private Expr Leaf()
    {
        if (_random.Next(3) != 0)
        {
            return Variables[_random.Next(Variables.Length)];
        }

        return _random.Next(8) switch
        {
            0 => 0.0,
            1 => 1.0,
            2 => -1.0,
            3 => 2.0,
            4 => 0.5,
            5 => -3.0,
            _ => Uniform(-2.0, 2.0),
        };
    }

    // Half of the pairs are sums and products; some use one operand twice, so that graphs share nodes.
    private Expr Pair(int depth)
    {
        Operation operation = Binary[_random.Next(_random.Next(2) == 0 ? 3 : Binary.Length)];
        Expr a = Next(depth - 1);
        Expr b = _random.Next(8) == 0 ? a : Next(depth - 1);
        if (operation == Operation.Atan2 && AvoidBranchCut)
        {
            return Expr.Atan2(a, 0.1 + Expr.Abs(b));
        }

        return Expr.Node(operation, a, operation == Operation.Power && _random.Next(2) == 0 ? _random.Next(-3, 6) : b);
    }

    private Expr Row(Func<Expr> next)
    {
        int count = _random.Next(0, 5);
        double[] coefficients = new double[count];
        var terms = new Expr[count];
        for (int i = 0; i < count; i++)
        {
            coefficients[i] = _random.Next(4) == 0 ? _random.Next(-1, 2) : Uniform(-2.0, 2.0);
            terms[i] = next();
        }

        return Expr.LinearForm(coefficients, terms, _random.Next(2) == 0 ? 0.0 : Uniform(-2.0, 2.0));
    }

    private Expr Named(Expr definition)
    {
        if (_aliases.Count > 0 && _random.Next(2) == 0)
        {
            return _aliases[_random.Next(_aliases.Count)];
        }

        var alias = Expr.Alias($"{(_random.Next(2) == 0 ? "power " : "a.")}part{_aliases.Count}", definition);
        _aliases.Add(alias);
        Scope.Add(alias);
        return alias;
    }
}
