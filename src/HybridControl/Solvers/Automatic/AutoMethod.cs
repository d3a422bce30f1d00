namespace HybridControl.Solvers;

/// <summary>What <see cref="Auto"/> chooses from.</summary>
internal enum AutoMethod
{
    /// <summary>An explicit method, for flows that are not stiff.</summary>
    Explicit,

    /// <summary>An implicit method, for stiff flows and algebraic equations.</summary>
    Implicit,

    /// <summary>The closed form, for small affine flows.</summary>
    Exact,
}
