namespace HybridControl.Solvers;

/// <summary>An explicit Runge-Kutta method: it is what its tableau says.</summary>
public interface IRungeKuttaMethod
{
    /// <summary>The coefficients.</summary>
    ButcherTableau Tableau { get; }
}
