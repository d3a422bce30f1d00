using System.Collections;
using HybridControl.Solvers;

namespace HybridControl.Tests.TestKit;

/// <summary>The adaptive solvers at tolerances where only rounding and location remain.</summary>
internal sealed class TightSolvers : IEnumerable
{
    public static IEnumerable<Solver> All { get; } =
    [
        new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 },
        new Tsitouras5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 },
        new Rodas5P { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 },
        new Esdirk4 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-13 },
        new DormandPrince853 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-13 },
        new Adams { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-13 },
    ];

    /// <summary>The first of them, where one is enough.</summary>
    public static Solver One => All.First();

    /// <inheritdoc/>
    public IEnumerator GetEnumerator() =>
        All.Select(solver => new TestCaseData(solver).SetArgDisplayNames(solver.Name)).GetEnumerator();
}
