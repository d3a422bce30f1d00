using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>Milstein's method: strong order 1, for one process, for noise that acts on each state alone, and for commuting processes.</summary>
/// <remarks>
/// <para>To Euler and Maruyama it adds, for each state i, half the sum over processes p and q of L_p b_iq (dW_p dW_q - [p = q] h),
/// L_p being the derivative along column p of G; derivatives are exact. That is all of the second order if the processes commute,
/// L_p b_iq = L_q b_ip; else the integral of one process along another would be needed, which increments alone do not give, and the model
/// is refused with the names of the two.</para>
/// <para>The path within a step is the parabola x + theta (h (f - half the sum of L_p b_p) + G dW) + theta^2 / 2 times the sum of
/// L_p b_q dW_p dW_q: the flow along a W that is linear within the step, with Ito's correction, to second order. So a step that is cut in two comes to
/// the same as the whole one, up to terms beyond the method's order.</para>
/// <para>Sources: G. N. Mil'shtein, Theory Probab. Appl. 19 (1974), 557-562; P. E. Kloeden and E. Platen, Numerical Solution of
/// Stochastic Differential Equations, Springer (1992); D. J. Higham, SIAM Rev. 43 (2001), 525-546.</para>
/// </remarks>
public sealed record Milstein : StochasticSolver
{
    /// <inheritdoc/>
    public override string Name => "milstein";

    /// <inheritdoc/>
    public override double StrongOrder => 1.0;

    /// <inheritdoc/>
    internal override int DenseDegree => 2;

    /// <inheritdoc/>
    internal override int ScratchFor(OdeFunction function)
    {
        int processes = function.Diffusion?.Processes.Length ?? 0;
        return (function.Diffusion?.Entries.Length ?? 0) + (function.Dimension * processes * (processes + 1) / 2);
    }

    /// <inheritdoc/>
    internal override MethodCode Compile(OdeFunction function) => new ExplicitCode(function, new MilsteinStep(function).Take);

    /// <inheritdoc/>
    internal override (string What, string Mend)? Refuse(DiffusionFunction diffusion)
    {
        if (MilsteinTerms.FindConflict(diffusion, out bool tested) is not { } conflict)
        {
            return null;
        }

        string pair = $"the Wiener processes '{diffusion.Processes[conflict.First]}' and '{diffusion.Processes[conflict.Second]}'";
        string state = $"state '{diffusion.States[conflict.State]}'";
        return tested
            ? ($"{pair} do not commute in {state}, so increments alone do not give a path of strong order 1", "Use euler-maruyama.")
            : ($"whether {pair} commute in {state} could not be tested: their terms are finite at too few points", "Use euler-maruyama.");
    }
}
