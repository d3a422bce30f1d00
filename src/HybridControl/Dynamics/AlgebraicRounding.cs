using System.Numerics;
using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>How far rounding leaves algebraic variables from the solution of their equations.</summary>
/// <remarks>
/// The equations are evaluated on balls, whose radii are the rounding errors of the residuals; these go through the inverse of dg/dz, as
/// the root of the sum of squares over the equations: orthogonal vectors of signs give it in as many solves as there are equations, and 16 at most.
/// </remarks>
internal sealed class AlgebraicRounding
{
    private const int MostSolves = 16;

    private readonly AlgebraicSystem _system;
    private readonly Ball[] _states;
    private readonly Ball[] _registers;
    private readonly Ball[] _residuals;
    private readonly double[] _solution;

    /// <summary>Makes the work space.</summary>
    public AlgebraicRounding(AlgebraicSystem system)
    {
        _system = system;
        _states = new Ball[system.Function.Dimension];
        _registers = new Ball[system.Function.Equations?.RegisterCount ?? 0];
        _residuals = new Ball[system.Function.Dimension];
        _solution = new double[system.Variables.Length];
        Radii = new double[system.Function.Dimension];
    }

    /// <summary>The radius of each state; zero for differential states.</summary>
    public double[] Radii { get; }

    /// <summary>Measures at a solution.</summary>
    /// <param name="time">Time.</param>
    /// <param name="states">The states.</param>
    /// <param name="data">The data block.</param>
    /// <param name="slopes">Factors of dg/dz.</param>
    /// <param name="relative">What the iteration leaves of each variable.</param>
    public void Measure(double time, ReadOnlySpan<double> states, double[] data, NewtonMatrix slopes, double relative)
    {
        int[] z = _system.Variables;
        foreach (int variable in z)
        {
            Radii[variable] = 0.0;
        }

        if (_system.Function.Equations is { } equations)
        {
            for (int i = 0; i < states.Length; i++)
            {
                _states[i] = Ball.Constant(states[i]);
            }

            equations.Evaluate(Ball.Constant(time), _states, data, _registers, _residuals.AsSpan());
            int solves = Math.Min(MostSolves, (int)BitOperations.RoundUpToPowerOf2((uint)z.Length));
            for (int v = 0; v < solves; v++)
            {
                AddSolution(v, slopes, 1.0 / solves);
            }
        }

        foreach (int variable in z)
        {
            Radii[variable] = Math.Sqrt(Radii[variable]) + (relative * Math.Abs(states[variable]));
        }
    }

    // The signs of vector v and of any other are orthogonal.
    private void AddSolution(int v, NewtonMatrix slopes, double weight)
    {
        int[] z = _system.Variables;
        for (int k = 0; k < z.Length; k++)
        {
            double radius = _residuals[z[k]].Radius;
            double known = double.IsFinite(radius) ? radius : 0.0;
            _solution[k] = (BitOperations.PopCount((uint)(k & v)) & 1) == 0 ? known : -known;
        }

        slopes.Solve(_solution);
        for (int k = 0; k < z.Length; k++)
        {
            Radii[z[k]] += weight * _solution[k] * _solution[k];
        }
    }
}
