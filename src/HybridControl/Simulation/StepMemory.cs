using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <summary>What a mode has learned about its steps, for the next visit.</summary>
internal struct StepMemory
{
    /// <summary>Size in seconds to try first; zero for none.</summary>
    public double Size;

    /// <summary>What a solver that chooses methods had chosen; zero for nothing.</summary>
    public int Choice;

    /// <summary>Exchanges it with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.Exchange(ref Size);
        archive.Exchange(ref Choice);
    }
}
