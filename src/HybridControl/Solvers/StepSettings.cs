namespace HybridControl.Solvers;

/// <summary>The numbers that a stepper is run with.</summary>
/// <param name="Relative">Relative error tolerance; zero for methods of fixed step.</param>
/// <param name="Absolute">Absolute error tolerance; zero for methods of fixed step.</param>
/// <param name="FirstStep">First step in seconds; zero to choose it from the problem.</param>
/// <param name="MaximumStep">Longest step in seconds.</param>
internal readonly record struct StepSettings(double Relative, double Absolute, double FirstStep, double MaximumStep);
