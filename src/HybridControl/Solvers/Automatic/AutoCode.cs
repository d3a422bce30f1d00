using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>A flow prepared for the methods that <see cref="Auto"/> chooses from, each when it is first needed.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class AutoCode : MethodCode
{
    private readonly Lazy<MethodCode>[] _codes;

    public AutoCode(OdeFunction function, AutoMethods methods)
        : base(function)
    {
        _codes = [.. methods.Solvers.Select(solver => new Lazy<MethodCode>(() => solver.Compile(function)))];
        Stiff = function.Equations is null || methods.Iterates ? AutoMethod.Iterated : AutoMethod.Rosenbrock;
        First = function.Mass is not null ? Stiff : methods.Solvers.Length > (int)AutoMethod.Exact && AffineCode.Fits(function) ? AutoMethod.Exact : AutoMethod.Explicit;
    }

    /// <summary>The method that a stretch of this flow begins with, unless more is known.</summary>
    public AutoMethod First { get; }

    /// <summary>The method for this flow where it is stiff.</summary>
    public AutoMethod Stiff { get; }

    /// <summary>Whether the flow can be followed by more than one method.</summary>
    public bool CanSwitch => Function.Mass is null && Function.Dimension > 0;

    /// <summary>The code for one method.</summary>
    public MethodCode this[AutoMethod method] => _codes[(int)method].Value;
}
