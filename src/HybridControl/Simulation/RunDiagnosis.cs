namespace HybridControl.Simulation;

/// <summary>One thing about a run that deserves attention, and what to do about it.</summary>
public sealed record RunDiagnosis
{
    /// <summary>What it is about.</summary>
    public required DiagnosisKind Kind { get; init; }

    /// <summary>Name of the guard, transition, choice or state concerned; empty for the run as a whole.</summary>
    public required string Subject { get; init; }

    /// <summary>What happened, where and when: a sentence without a full stop.</summary>
    public required string What { get; init; }

    /// <summary>What to do: whole sentences.</summary>
    public required string Mend { get; init; }

    /// <summary>Name of the mode; empty where it does not matter.</summary>
    public string Mode { get; init; } = "";

    /// <summary>Time at which it was or began, in seconds; NaN if it has none.</summary>
    public double From { get; init; } = double.NaN;

    /// <summary>Time at which it ended, in seconds; NaN if it has none.</summary>
    public double To { get; init; } = double.NaN;

    /// <summary>How often.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The number that tells: a guard's value, a step in seconds, a share; NaN for none.</summary>
    public double Value { get; init; } = double.NaN;

    /// <summary>The diagnosis as one line.</summary>
    public override string ToString() => $"{What}. {Mend}";
}
