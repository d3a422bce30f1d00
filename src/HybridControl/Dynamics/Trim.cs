using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Dynamics;

/// <summary>Finds the values of some variables at which as many expressions vanish: equilibria, cruise, operating points.</summary>
/// <remarks>
/// Newton's method with exact derivatives. A step that does not lower the largest scaled residual is halved, where each
/// equation is scaled by its row of the Jacobian, so that newtons and radians weigh alike. Dense; O(n^3) for a step of n
/// unknowns. Thread-safe.
/// Source: P. Deuflhard, Newton Methods for Nonlinear Problems, Springer (2011), chapter 3 (damping by residuals).
/// </remarks>
public static class Trim
{
    private const int MaxIterations = 100;
    private const double SmallestFraction = 1e-10;

    /// <summary>Solves <paramref name="equations"/> = 0.</summary>
    /// <param name="equations">The n expressions, for instance the derivatives that shall rest.</param>
    /// <param name="unknowns">The n variables to find, each with a first guess.</param>
    /// <param name="known">Every other variable of the expressions; time is zero unless it is named.</param>
    /// <returns>The values, to rounding.</returns>
    /// <exception cref="ArgumentException">There are not as many unknowns as equations.</exception>
    /// <exception cref="ModelException">A variable has no value, or no solution was found near the guess.</exception>
    public static TrimPoint Solve(
        IReadOnlyList<Expr> equations,
        IReadOnlyList<(Expr Variable, double Guess)> unknowns,
        IReadOnlyDictionary<Expr, double> known)
    {
        ArgumentNullException.ThrowIfNull(equations);
        ArgumentNullException.ThrowIfNull(unknowns);
        ArgumentNullException.ThrowIfNull(known);
        int n = equations.Count;
        if (unknowns.Count != n)
        {
            throw new ArgumentException($"{n} equations for {unknowns.Count} unknowns. Give one equation for each unknown.");
        }

        Expr[] variables = [.. unknowns.Select(unknown => unknown.Variable)];
        var system = new NewtonSystem(equations, variables, known);
        double[] x = [.. unknowns.Select(unknown => unknown.Guess)];
        double[] trial = new double[n];
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            (Vector<double> f, Matrix<double> jacobian) = system.At(x);
            Vector<double> step = jacobian.LU().Solve(-f);
            double[] scale = [.. Enumerable.Range(0, n).Select(i => ScaleOf(jacobian.Row(i), x))];
            double start = Size(f, scale);
            if (start == 0.0)
            {
                return Found(iteration);
            }

            double fraction = 1.0;
            for (; fraction >= SmallestFraction; fraction /= 2.0)
            {
                for (int i = 0; i < n; i++)
                {
                    trial[i] = x[i] + (fraction * step[i]);
                }

                if (Size(system.At(trial).Values, scale) < start)
                {
                    break;
                }
            }

            if (fraction < SmallestFraction)
            {
                // Residuals of a few roundings cannot be lowered further; anything larger is a failure.
                return start <= 1e-12
                    ? Found(iteration)
                    : throw Failed($"the residuals stopped falling after {iteration} steps");
            }

            trial.CopyTo(x, 0);
        }

        throw Failed($"no convergence in {MaxIterations} steps");

        TrimPoint Found(int iterations) => new(
            [.. variables.Select((variable, i) => (variable, x[i]))], system.At(x).Values.AbsoluteMaximum(), iterations);

        ModelException Failed(string why) => new(
            "trim",
            FormattableString.Invariant($"{why}, at {string.Join(", ", variables.Select((v, i) => FormattableString.Invariant($"{v} = {x[i]}")))}"),
            "Start nearer to the solution, or check that one exists within the limits of the model.");
    }

    private static double ScaleOf(Vector<double> row, double[] x)
    {
        double scale = 0.0;
        for (int j = 0; j < x.Length; j++)
        {
            scale += Math.Abs(row[j]) * Math.Max(Math.Abs(x[j]), 1e-3);
        }

        return scale > 0.0 ? scale : 1.0;
    }

    // NaN counts as larger than anything, so that a step out of the domain is halved.
    private static double Size(Vector<double> values, double[] scale)
    {
        double size = 0.0;
        for (int i = 0; i < scale.Length; i++)
        {
            double value = Math.Abs(values[i]) / scale[i];
            size = double.IsNaN(value) ? double.PositiveInfinity : Math.Max(size, value);
        }

        return size;
    }

    private sealed class NewtonSystem
    {
        private readonly int _n;
        private readonly ExprProgram _program;
        private readonly double _time;
        private readonly double[] _data;
        private readonly Real64[] _registers;
        private readonly Real64[] _results;

        public NewtonSystem(IReadOnlyList<Expr> equations, Expr[] unknowns, IReadOnlyDictionary<Expr, double> known)
        {
            _n = unknowns.Length;
            _time = known.GetValueOrDefault(Expr.Time);
            Expr[,] jacobian = Differentiator.Jacobian(equations, unknowns);
            Expr[] all = [.. equations, .. jacobian.Cast<Expr>()];

            // Unknowns come first in the data block. States are data as well, so they are renamed to parameters.
            var slots = new SlotMap();
            var values = new List<double>();
            foreach (Expr unknown in unknowns)
            {
                Add(unknown, 0.0);
            }

            var missing = new List<Finding>();
            foreach (Expr variable in new DerivativeTape(all).Variables)
            {
                if (variable.Kind == VariableKind.Time || unknowns.Contains(variable))
                {
                    continue;
                }

                if (known.TryGetValue(variable, out double value))
                {
                    Add(variable, value);
                }
                else
                {
                    missing.Add(new("trim", $"'{variable}' has no value", "Name it among the known or the unknown variables."));
                }
            }

            if (missing.Count > 0)
            {
                throw new ModelException(missing);
            }

            _program = ExprProgram.Compile(slots, all);
            _data = [.. values];
            _registers = new Real64[_program.RegisterCount];
            _results = new Real64[_program.OutputCount];

            void Add(Expr variable, double value)
            {
                Expr slot = Expr.Variable(VariableKind.Parameter, $"#{values.Count}");
                slots.Add(VariableKind.Parameter, slot.Name!);
                slots.Define(variable.Kind, variable.Name!, slot);
                values.Add(value);
            }
        }

        public (Vector<double> Values, Matrix<double> Jacobian) At(double[] x)
        {
            x.CopyTo(_data, 0);
            _program.Evaluate(new Real64(_time), [], _data, _registers.AsSpan(), _results.AsSpan());
            return (
                Vector<double>.Build.Dense(_n, i => _results[i].Value),
                Matrix<double>.Build.Dense(_n, _n, (i, j) => _results[_n + (i * _n) + j].Value));
        }
    }
}
