namespace HybridControl.Symbolics;

/// <summary>What a node of an expression computes from its operands.</summary>
public enum Operation
{
    /// <summary>A number.</summary>
    Constant,

    /// <summary>A variable: time, state, discrete variable, parameter or input.</summary>
    Variable,

    /// <summary>A named expression: it has the value of its operand and prints as its name.</summary>
    Alias,

    /// <summary>-a.</summary>
    Negate,

    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a * b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,

    /// <summary>a raised to b.</summary>
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

    /// <summary>Angle of the point (b, a).</summary>
    Atan2,

    /// <summary>sqrt(a^2 + b^2).</summary>
    Hypot,

    /// <summary>The smaller of two.</summary>
    Min,

    /// <summary>The larger of two.</summary>
    Max,

    /// <summary>Absolute value.</summary>
    Abs,

    /// <summary>Sign: -1, 0 or 1.</summary>
    Sign,

    /// <summary>Largest integer not above a.</summary>
    Floor,

    /// <summary>Floored remainder a - b * floor(a / b).</summary>
    Modulo,

    /// <summary>The first operand where the condition holds, else the second.</summary>
    Select,

    /// <summary>A curve of the tables at a.</summary>
    Lookup,

    /// <summary>The slope of a curve of the tables at a.</summary>
    LookupSlope,

    /// <summary>A surface of the tables, or a partial derivative of one, at (a, b).</summary>
    Surface,

    /// <summary>constant + sum of coefficient times operand: one row of a state-space model.</summary>
    LinearForm,

    /// <summary>A random number, uniform between a and b.</summary>
    Uniform,

    /// <summary>A random number, normal with mean a and standard deviation b.</summary>
    Normal,

    /// <summary>A random number, exponential with rate a.</summary>
    Exponential,
}
