namespace HybridControl.Neural.Autodiff.Operations;

internal readonly struct AddRule : IBinaryRule
{
    public static string Name => "Add";

    public static double Value(double a, double b) => a + b;

    public static double SlopeOfFirst(double a, double b) => 1.0;

    public static double SlopeOfSecond(double a, double b) => 1.0;
}

internal readonly struct SubtractRule : IBinaryRule
{
    public static string Name => "Subtract";

    public static double Value(double a, double b) => a - b;

    public static double SlopeOfFirst(double a, double b) => 1.0;

    public static double SlopeOfSecond(double a, double b) => -1.0;
}

internal readonly struct MultiplyRule : IBinaryRule
{
    public static string Name => "Multiply";

    public static double Value(double a, double b) => a * b;

    public static double SlopeOfFirst(double a, double b) => b;

    public static double SlopeOfSecond(double a, double b) => a;
}

internal readonly struct DivideRule : IBinaryRule
{
    public static string Name => "Divide";

    public static double Value(double a, double b) => a / b;

    public static double SlopeOfFirst(double a, double b) => 1.0 / b;

    public static double SlopeOfSecond(double a, double b) => -a / (b * b);
}
