using System.Runtime.CompilerServices;
using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>How the Jacobian df/dx of a right-hand side is computed: from its expressions, else by the method that was given with it, else by differences.</summary>
/// <remarks>Made once for each function and shared by all who need it; immutable and thread-safe.</remarks>
internal abstract class JacobianFunction
{
    private static readonly ConditionalWeakTable<OdeFunction, JacobianFunction> Known = [];

    /// <summary>Describes a Jacobian.</summary>
    /// <param name="function">The right-hand side.</param>
    /// <param name="pattern">Where df/dx may differ from zero.</param>
    protected JacobianFunction(OdeFunction function, SparsityPattern pattern)
    {
        Function = function;
        Pattern = function.Mass is { } mass ? pattern.Union(mass.Pattern) : pattern;
        Mass = function.Mass?.In(Pattern);
    }

    /// <summary>The right-hand side.</summary>
    public OdeFunction Function { get; }

    /// <summary>Where df/dx or M may differ from zero.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>M with its values in the order of <see cref="Pattern"/>; null for the identity.</summary>
    public MassMatrix? Mass { get; }

    /// <summary>Whether the derivatives are exact.</summary>
    public abstract bool IsExact { get; }

    /// <summary>Whether df/dt may differ from zero.</summary>
    public abstract bool DependsOnTime { get; }

    /// <summary>Whether df/dx and df/dt depend on neither states nor time: the flow is affine in both.</summary>
    public virtual bool IsConstant => false;

    /// <summary>The Jacobian of a right-hand side; made at the first call.</summary>
    public static JacobianFunction For(OdeFunction function) => Known.GetValue(function, Make);

    /// <summary>The rows and columns of some numbers, for who needs no others; null where they are no short expressions.</summary>
    public virtual JacobianBlock? Block(int[] numbers) => null;

    /// <summary>Work space for one user.</summary>
    public abstract JacobianWork Start();

    private static JacobianFunction Make(OdeFunction function) =>
        function.Equations is { } equations ? new ExactJacobian(function, equations)
        : function.Jacobian is { } given ? new GivenJacobian(function, given.Method, given.Size)
        : new DifferenceJacobian(function);
}
