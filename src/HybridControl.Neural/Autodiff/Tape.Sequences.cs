using HybridControl.Neural.Autodiff.Operations;

namespace HybridControl.Neural.Autodiff;

/// <content>
/// Layers over sequences: a sample is a matrix with a row for each time and a column for each channel. Vectors of parameters may be
/// rows or columns.
/// </content>
public sealed partial class Tape
{
    /// <summary>x W' + b for every row of x.</summary>
    /// <param name="x">Rows by inputs.</param>
    /// <param name="weight">Shared, outputs by inputs.</param>
    /// <param name="bias">Shared, of outputs entries; none if null.</param>
    /// <exception cref="ArgumentException">Extents do not fit, or the parameters are not shared.</exception>
    public Variable Linear(Variable x, Variable weight, Variable? bias = null)
    {
        Require(weight.Shape.Batch == 1 && x.Shape.Columns == weight.Shape.Columns, "Linear", x, weight);
        Shape shape = x.Shape with { Columns = weight.Shape.Rows };
        if (bias is not { } b)
        {
            return Record(AffineMap.Instance, shape, [x, weight]);
        }

        Require(b.Shape.Batch == 1 && b.Shape.Elements == weight.Shape.Rows, "Linear", weight, b);
        return Record(AffineMap.Instance, shape, [x, weight, b]);
    }

    /// <summary>w x / sqrt(mean(x^2) + epsilon) over the columns of every row, or over groups of neighbouring columns.</summary>
    /// <remarks>B. Zhang and R. Sennrich, arXiv 1910.07467, equation 4.</remarks>
    /// <exception cref="ArgumentException">The weight has not one entry for each column, or groups do not divide them.</exception>
    public Variable RmsNorm(Variable x, Variable weight, double epsilon, int groups = 1)
    {
        Require(weight.Shape.Elements == x.Shape.Columns && Serves(weight, x), "RmsNorm", x, weight);
        Divides(groups, x.Shape.Columns, nameof(groups));
        return Record(RootMeanSquareNorm.Instance, x.Shape, [x, weight], new() { First = epsilon, Groups = groups });
    }

    /// <summary>w (x - mean) / sqrt(variance + epsilon) + b over the columns of every row.</summary>
    /// <remarks>J. L. Ba, J. R. Kiros and G. E. Hinton, arXiv 1607.06450.</remarks>
    /// <exception cref="ArgumentException">Weight or bias have not one entry for each column.</exception>
    public Variable LayerNorm(Variable x, Variable weight, Variable bias, double epsilon)
    {
        Require(weight.Shape.Elements == x.Shape.Columns && Serves(weight, x), "LayerNorm", x, weight);
        Require(bias.Shape.Elements == x.Shape.Columns && Serves(bias, x), "LayerNorm", x, bias);
        return Record(LayerNormalization.Instance, x.Shape, [x, weight, bias], new() { First = epsilon });
    }

    /// <summary>y_k = sum over j of w_j x_(k - (taps - 1) + j), every channel by itself; rows before the first are zero.</summary>
    /// <param name="x">Rows by channels.</param>
    /// <param name="weight">Channels by taps; the last tap meets the newest row.</param>
    /// <param name="bias">Of channels entries; none if null.</param>
    /// <exception cref="ArgumentException">Extents do not fit.</exception>
    public Variable CausalConvolution(Variable x, Variable weight, Variable? bias = null)
    {
        Require(weight.Shape.Rows == x.Shape.Columns && Serves(weight, x), "CausalConvolution", x, weight);
        if (bias is not { } b)
        {
            return Record(Operations.CausalConvolution.Instance, x.Shape, [x, weight]);
        }

        Require(b.Shape.Elements == x.Shape.Columns && Serves(b, x), "CausalConvolution", x, b);
        return Record(Operations.CausalConvolution.Instance, x.Shape, [x, weight, b]);
    }

    /// <summary>x times sigmoid(z), entry by entry.</summary>
    /// <remarks>Y. N. Dauphin et al., arXiv 1612.08083, equation 1.</remarks>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public Variable GateBySigmoid(Variable x, Variable z) => Gate<SigmoidLanes>(x, z);

    /// <summary>x times z sigmoid(z), entry by entry.</summary>
    /// <remarks>N. Shazeer, arXiv 2002.05202, equation 6 (SwiGLU).</remarks>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public Variable GateBySilu(Variable x, Variable z) => Gate<SiluLanes>(x, z);

    /// <summary>Discrete factors and gains of x' = lambda x + u where u is held over a step.</summary>
    /// <param name="lambda">Shared, 2 by n: real parts, imaginary parts.</param>
    /// <param name="step">Shared, 1 by n: a step for each mode.</param>
    /// <param name="bilinear">The trapezoidal rule (Tustin) instead of the exact solution.</param>
    /// <returns>4 by n: factor (real, imaginary), gain (real, imaginary).</returns>
    /// <remarks>Exact: factor e^(lambda step), gain (e^(lambda step) - 1) / lambda, by a series where lambda step is small.</remarks>
    /// <exception cref="ArgumentException">Extents do not fit, or the operands are not shared.</exception>
    public Variable Discretize(Variable lambda, Variable step, bool bilinear = false)
    {
        bool shared = lambda.Shape.Batch == 1 && step.Shape.Batch == 1;
        Require(shared && lambda.Shape.Rows == 2 && step.Shape.Elements == lambda.Shape.Columns, "Discretize", lambda, step);
        Operation rule = bilinear ? Discretization<BilinearHold>.Instance : Discretization<ZeroOrderHold>.Instance;
        return Record(rule, lambda.Shape with { Rows = 4 }, [lambda, step]);
    }

    /// <summary>States of x_k = lambda x_(k-1) + u_k for complex diagonal lambda, from a state of zero: the core of S5.</summary>
    /// <param name="lambda">2 by n: real parts, imaginary parts.</param>
    /// <param name="u">Rows by 2 n: n real parts, then n imaginary parts.</param>
    /// <param name="reverse">Whether time runs from the last row to the first.</param>
    /// <returns>States after every input, as u is laid out.</returns>
    /// <remarks>J. T. H. Smith, A. Warrington and S. W. Linderman, arXiv 2208.04933, equation 2.</remarks>
    /// <exception cref="ArgumentException">Extents do not fit.</exception>
    public Variable DiagonalScan(Variable lambda, Variable u, bool reverse = false)
    {
        Require(lambda.Shape.Rows == 2 && u.Shape.Columns == 2 * lambda.Shape.Columns && Serves(lambda, u), "DiagonalScan", lambda, u);
        return Record(Operations.DiagonalScan.Instance, u.Shape, [lambda, u], new() { Reverse = reverse });
    }

    /// <summary>Every channel drives m complex modes of its own, x_n := lambda_n x_n + u, and reads y = 2 Re(sum of w_n x_n): S4D.</summary>
    /// <param name="lambda">2 by channels times m: real parts, imaginary parts, the modes of a channel side by side.</param>
    /// <param name="weight">Likewise: w, input gain times output weight.</param>
    /// <param name="u">Rows by channels.</param>
    /// <remarks>A. Gu, A. Gupta, K. Goel and C. Re, arXiv 2206.11893, section 3.</remarks>
    /// <exception cref="ArgumentException">Extents do not fit.</exception>
    public Variable ModalScan(Variable lambda, Variable weight, Variable u)
    {
        Require(lambda.Shape.Rows == 2 && lambda.Shape.Columns % u.Shape.Columns == 0 && Serves(lambda, u), "ModalScan", lambda, u);
        Require(weight.Shape with { Batch = 1 } == lambda.Shape with { Batch = 1 } && Serves(weight, u), "ModalScan", lambda, weight);
        return Record(Operations.ModalScan.Instance, u.Shape, [lambda, weight, u]);
    }

    /// <summary>h := exp(dt a) h + dt x B, y = C h + d x for every channel, from a state of zero: the core of Mamba.</summary>
    /// <param name="x">Rows by channels.</param>
    /// <param name="dt">Rows by channels: steps, positive.</param>
    /// <param name="a">Channels by n: rates, negative.</param>
    /// <param name="b">Rows by n: how inputs enter.</param>
    /// <param name="c">Rows by n: how states are read.</param>
    /// <param name="d">Of channels entries: the skip; none if null.</param>
    /// <remarks>
    /// A. Gu and T. Dao, arXiv 2312.00752, algorithm 2; B is discretised by Euler's rule as in the authors' code. About 40 operations
    /// for each state and row forward, twice that backward.
    /// </remarks>
    /// <exception cref="ArgumentException">Extents do not fit.</exception>
    public Variable SelectiveScan(Variable x, Variable dt, Variable a, Variable b, Variable c, Variable? d = null)
    {
        Require(x.Shape == dt.Shape, "SelectiveScan", x, dt);
        Require(a.Shape.Rows == x.Shape.Columns && Serves(a, x), "SelectiveScan", x, a);
        Require(b.Shape == x.Shape with { Columns = a.Shape.Columns }, "SelectiveScan", x, b);
        Require(b.Shape == c.Shape, "SelectiveScan", b, c);
        if (d is not { } skip)
        {
            return Record(Operations.SelectiveScan.Instance, x.Shape, [x, dt, a, b, c]);
        }

        Require(skip.Shape.Elements == x.Shape.Columns && Serves(skip, x), "SelectiveScan", x, skip);
        return Record(Operations.SelectiveScan.Instance, x.Shape, [x, dt, a, b, c, skip]);
    }

    /// <summary>h := exp(dt a) h + dt x B', y = h C + d x for every head, from a state of zero: the core of Mamba-2.</summary>
    /// <param name="x">Rows by heads times width.</param>
    /// <param name="dt">Rows by heads: steps, positive.</param>
    /// <param name="a">Of heads entries: rates, negative.</param>
    /// <param name="b">Rows by groups times n: how inputs enter; head i reads group i / (heads / groups).</param>
    /// <param name="c">Likewise: how states are read.</param>
    /// <param name="d">Of heads entries: the skip; none if null.</param>
    /// <param name="groups">Number of groups.</param>
    /// <remarks>T. Dao and A. Gu, arXiv 2405.21060, section 3; computed as a recurrence.</remarks>
    /// <exception cref="ArgumentException">Extents do not fit.</exception>
    public Variable StateSpaceDual(Variable x, Variable dt, Variable a, Variable b, Variable c, Variable? d = null, int groups = 1)
    {
        int heads = dt.Shape.Columns;
        Require(dt.Shape == x.Shape with { Columns = heads } && x.Shape.Columns % heads == 0, "StateSpaceDual", x, dt);
        Require(a.Shape.Elements == heads && Serves(a, x), "StateSpaceDual", dt, a);
        Require(b.Shape == x.Shape with { Columns = b.Shape.Columns }, "StateSpaceDual", x, b);
        Require(b.Shape == c.Shape, "StateSpaceDual", b, c);
        Divides(groups, heads, nameof(groups));
        Divides(groups, b.Shape.Columns, nameof(groups));
        var settings = new OperationSettings { Groups = groups };
        if (d is not { } skip)
        {
            return Record(Operations.StateSpaceDual.Instance, x.Shape, [x, dt, a, b, c], settings);
        }

        Require(skip.Shape.Elements == heads && Serves(skip, x), "StateSpaceDual", dt, skip);
        return Record(Operations.StateSpaceDual.Instance, x.Shape, [x, dt, a, b, c, skip], settings);
    }

    private Variable Gate<TRule>(Variable x, Variable z)
        where TRule : ILaneRule
    {
        Require(x.Shape == z.Shape, "Gate", x, z);
        return Record(GatedProduct<TRule>.Instance, x.Shape, [x, z]);
    }

    // Whether a parameter is shared or has a matrix for every sample of x.
    private static bool Serves(Variable parameter, Variable x) => parameter.Shape.Batch == 1 || parameter.Shape.Batch == x.Shape.Batch;

    private static void Divides(int groups, int count, string parameter)
    {
        if (groups < 1 || count % groups != 0)
        {
            throw new ArgumentException($"{groups} {parameter} do not divide {count}.", parameter);
        }
    }
}
