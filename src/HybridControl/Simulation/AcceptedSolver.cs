using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>The solver that was last found fit for a model: who runs it again and again mostly asks with the same one. Thread-safe.</summary>
internal sealed class AcceptedSolver
{
    private volatile Solver? _last;

    /// <summary>The solver; null before the first.</summary>
    public Solver? Last
    {
        get => _last;
        set => _last = value;
    }
}
