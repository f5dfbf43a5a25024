foreach(module capacity timeline)
  faas_drill_unit(${module} faas_drill_base)
endforeach()
