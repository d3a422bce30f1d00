namespace HybridControl.Automata.Sensitivities;

/// <summary>What a model is differentiated with respect to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Place">Its number among its kind.</param>
internal sealed record SensitivityTarget(string Name, SensitivityKind Kind, int Place);

/// <summary>What a sensitivity is taken with respect to.</summary>
internal enum SensitivityKind
{
    /// <summary>The initial value of a state.</summary>
    State,

    /// <summary>The initial value of a discrete variable.</summary>
    Discrete,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>The value of a constant input.</summary>
    Input,
}
