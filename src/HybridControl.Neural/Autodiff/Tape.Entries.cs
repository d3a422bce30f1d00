using HybridControl.Neural.Autodiff.Operations;

namespace HybridControl.Neural.Autodiff;

/// <content>Functions of single entries.</content>
public sealed partial class Tape
{
    /// <summary>a + b. An operand with one sample, row or column is repeated.</summary>
    /// <exception cref="ArgumentException">An extent differs and is 1 in neither operand.</exception>
    public Variable Add(Variable a, Variable b) => Pair<AddRule>(a, b);

    /// <summary>a - b. An operand with one sample, row or column is repeated.</summary>
    /// <inheritdoc cref="Add"/>
    public Variable Subtract(Variable a, Variable b) => Pair<SubtractRule>(a, b);

    /// <summary>a times b, entry by entry. An operand with one sample, row or column is repeated.</summary>
    /// <inheritdoc cref="Add"/>
    public Variable Multiply(Variable a, Variable b) => Pair<MultiplyRule>(a, b);

    /// <summary>a divided by b, entry by entry. An operand with one sample, row or column is repeated.</summary>
    /// <inheritdoc cref="Add"/>
    public Variable Divide(Variable a, Variable b) => Pair<DivideRule>(a, b);

    /// <summary>factor times a.</summary>
    public Variable Scale(Variable a, double factor) => Affine(a, factor, 0.0);

    /// <summary>factor times a, plus shift.</summary>
    public Variable Affine(Variable a, double factor, double shift) =>
        Entrywise<AffineRule>(a, new() { First = factor, Second = shift });

    /// <summary>Hyperbolic tangent.</summary>
    public Variable Tanh(Variable a) => Entrywise<TanhRule>(a);

    /// <summary>1 / (1 + exp(-a)).</summary>
    public Variable Sigmoid(Variable a) => Entrywise<SigmoidRule>(a);

    /// <summary>log(1 + exp(a)), without overflow.</summary>
    public Variable Softplus(Variable a) => Lanewise<SoftplusLanes>(a);

    /// <summary>a / (1 + exp(-a)).</summary>
    public Variable Silu(Variable a) => Lanewise<SiluLanes>(a);

    /// <summary>a times the probability that a standard normal number lies below a (by the error function).</summary>
    /// <remarks>D. Hendrycks and K. Gimpel, arXiv 1606.08415.</remarks>
    public Variable Gelu(Variable a) => Entrywise<GeluRule>(a);

    /// <summary><see cref="Gelu"/> by its approximation with a hyperbolic tangent.</summary>
    public Variable GeluTanh(Variable a) => Lanewise<GeluTanhLanes>(a);

    /// <summary>a where it is positive, else zero.</summary>
    public Variable Relu(Variable a) => Lanewise<ReluLanes>(a);

    /// <summary>The square of a where it is positive, else zero.</summary>
    public Variable SquaredRelu(Variable a) => Lanewise<SquaredReluLanes>(a);

    /// <summary>Exponential.</summary>
    public Variable Exp(Variable a) => Entrywise<ExpRule>(a);

    /// <summary>Natural logarithm.</summary>
    public Variable Log(Variable a) => Entrywise<LogRule>(a);

    /// <summary>a times a, entry by entry.</summary>
    public Variable Square(Variable a) => Entrywise<SquareRule>(a);

    /// <summary>a held between two bounds. The derivative outside is zero, as that of the value is.</summary>
    public Variable Clip(Variable a, double lower, double upper) =>
        Entrywise<ClipRule>(a, new() { First = lower, Second = upper });

    private Variable Lanewise<TRule>(Variable a)
        where TRule : ILaneRule => Record(LaneElementwise<TRule>.Instance, a.Shape, [a]);

    private Variable Entrywise<TRule>(Variable a, OperationSettings settings = default)
        where TRule : IUnaryRule => Record(Elementwise<TRule>.Instance, a.Shape, [a], settings);

    private Variable Pair<TRule>(Variable a, Variable b)
        where TRule : IBinaryRule =>
        Record(ElementwisePair<TRule>.Instance, Broadcasting.Common(TRule.Name, a.Shape, b.Shape), [a, b]);
}
