namespace HybridControl.Solvers;

/// <summary>An integration method with its settings. Immutable: it starts steppers, which do the work.</summary>
public abstract record Solver
{
    /// <summary>Name of the method, as the command line spells it.</summary>
    public abstract string Name { get; }

    /// <summary>Order of the method.</summary>
    public abstract int Order { get; }

    /// <summary>Longest step in seconds.</summary>
    public double MaximumStep { get; init; } = double.PositiveInfinity;
}
