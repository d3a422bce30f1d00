namespace HybridControl.Solvers;

/// <summary>What <see cref="Auto"/> chooses from.</summary>
internal enum AutoMethod
{
    /// <summary>An explicit method, for flows that are not stiff.</summary>
    Explicit,

    /// <summary>A Rosenbrock method, for stiff flows and algebraic equations: it does not iterate, and needs exact derivatives.</summary>
    Rosenbrock,

    /// <summary>An implicit method that iterates, for stiff flows at tight tolerances, or whose derivatives are differences.</summary>
    Iterated,

    /// <summary>The closed form, for small affine flows.</summary>
    Exact,
}
