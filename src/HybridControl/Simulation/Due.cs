namespace HybridControl.Simulation;

/// <summary>What is due at an instant. The values are the order of semantics 5: command, time, clock, state.</summary>
internal enum DueKind
{
    /// <summary>A transition that a command asked for: before the next command, which is judged after it.</summary>
    CommandedTransition = 0,

    /// <summary>A command or setting of a scenario.</summary>
    Command = 1,

    /// <summary>A breakpoint of an input signal.</summary>
    Breakpoint = 10,

    /// <summary>A transition whose timer ran out.</summary>
    Timer = 11,

    /// <summary>The jump at the predicted end of accumulating events.</summary>
    Zeno = 12,

    /// <summary>A tick of a sampled update of the model.</summary>
    Update = 20,

    /// <summary>A tick of a sampled block.</summary>
    Block = 21,

    /// <summary>A tick of a clock at which guards are looked at, after all that is sampled has run.</summary>
    Look = 22,

    /// <summary>A transition that was enabled at such a tick.</summary>
    SampledTransition = 23,

    /// <summary>A choice of a flow that switches.</summary>
    Branch = 30,

    /// <summary>A transition whose guard is enabled.</summary>
    Transition = 31,

    /// <summary>A transition that fires because the invariant is left while it is enabled.</summary>
    ForcedTransition = 32,
}

/// <summary>One thing due at an instant.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Number of the command, transition, input, update, block or branch.</param>
/// <param name="Direction">For a branch, the side it goes to; for an edge transition, the change.</param>
/// <param name="Values">Reset values taken when it became due; null to take them at execution.</param>
/// <param name="Instance">For a timer, which of those of its transition.</param>
/// <param name="Guard">Value of the guard when it became due, for a transition that is tested again; else NaN.</param>
internal readonly record struct Due(
    DueKind Kind, int Index, EventDirections Direction, double[]? Values = null, int Instance = 0, double Guard = double.NaN)
{
    /// <summary>What made it due, as sensitivities count causes; 0 for what comes at a fixed time.</summary>
    public int Cause { get; init; }

    /// <summary>Derivatives of <see cref="Values"/>, where sensitivities are asked for.</summary>
    public double[]? Rates { get; init; }

    /// <summary>Whether it is a transition, for whatever reason.</summary>
    public bool IsTransition => Kind is DueKind.Transition or DueKind.Timer or DueKind.CommandedTransition or
        DueKind.SampledTransition or DueKind.ForcedTransition;

    /// <summary>Command, time, clock or state.</summary>
    public int Class => (int)Kind / 10;
}
