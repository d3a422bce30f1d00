namespace HybridControl.Symbolics;

/// <summary>Where the value of a variable comes from.</summary>
public enum VariableKind
{
    /// <summary>The independent variable, in seconds.</summary>
    Time,

    /// <summary>A continuous state: changes along the flow and at resets.</summary>
    State,

    /// <summary>A discrete variable: changes at jumps and at sampling instants only.</summary>
    Discrete,

    /// <summary>A parameter: constant during a run unless a scenario sets it.</summary>
    Parameter,

    /// <summary>An input: a given function of time.</summary>
    Input,
}
