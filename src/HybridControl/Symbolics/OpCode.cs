namespace HybridControl.Symbolics;

/// <summary>What a node of an <see cref="ExprGraph"/> computes: the small language that every back-end speaks.</summary>
/// <remarks>
/// Lowering from <see cref="Operation"/> removes names and conveniences: aliases, remainders, conditions and linear
/// forms become the operations below. The operands of a node are nodes of smaller index.
/// </remarks>
public enum OpCode
{
    /// <summary>The number <see cref="GraphNode.Value"/>.</summary>
    Constant,

    /// <summary>Time.</summary>
    Time,

    /// <summary>State number <see cref="GraphNode.A"/>.</summary>
    State,

    /// <summary>Entry <see cref="GraphNode.A"/> of the data block: what is constant during a step.</summary>
    Data,

    /// <summary>-A.</summary>
    Negate,

    /// <summary>A + B.</summary>
    Add,

    /// <summary>A - B.</summary>
    Subtract,

    /// <summary>A * B.</summary>
    Multiply,

    /// <summary>A / B.</summary>
    Divide,

    /// <summary>A * A.</summary>
    Square,

    /// <summary>A raised to B.</summary>
    Power,

    /// <summary>Square root.</summary>
    Sqrt,

    /// <summary>Cube root.</summary>
    Cbrt,

    /// <summary>Exponential.</summary>
    Exp,

    /// <summary>Natural logarithm.</summary>
    Log,

    /// <summary>Sine.</summary>
    Sin,

    /// <summary>Cosine.</summary>
    Cos,

    /// <summary>Tangent.</summary>
    Tan,

    /// <summary>Arc sine.</summary>
    Asin,

    /// <summary>Arc cosine.</summary>
    Acos,

    /// <summary>Arc tangent.</summary>
    Atan,

    /// <summary>Hyperbolic sine.</summary>
    Sinh,

    /// <summary>Hyperbolic cosine.</summary>
    Cosh,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>Inverse hyperbolic sine.</summary>
    Asinh,

    /// <summary>Inverse hyperbolic cosine.</summary>
    Acosh,

    /// <summary>Inverse hyperbolic tangent.</summary>
    Atanh,

    /// <summary>Angle of the point (B, A).</summary>
    Atan2,

    /// <summary>sqrt(A^2 + B^2).</summary>
    Hypot,

    /// <summary>The smaller of A and B.</summary>
    Min,

    /// <summary>The larger of A and B.</summary>
    Max,

    /// <summary>Absolute value.</summary>
    Abs,

    /// <summary>Sign.</summary>
    Sign,

    /// <summary>Largest integer not above A.</summary>
    Floor,

    /// <summary>B where A is at least zero, else C.</summary>
    Select,

    /// <summary>Curve B of the tables at A.</summary>
    Lookup,

    /// <summary>Slope of curve B of the tables at A.</summary>
    LookupSlope,

    /// <summary>Surface C of the tables at (A, B).</summary>
    Surface,
}
